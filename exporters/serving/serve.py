"""Running the service as a process: socket, signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Generator, Sequence
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from estate.errors import EstateInvalid, StateFolderError, SurroundingsError
from exporters.configuration.load import load
from exporters.garbage import GARBAGE
from exporters.running.own import Counts
from exporters.serving.runtime import Runtime
from exporters.serving.service import app
from exporters.serving.web.connection import protocol
from exporters.serving.web.guard import Guard
from exporters.serving.web.live import Live, Web
from exporters.serving.web.passwords import Passwords
from exporters.shard import WHOLE, Shard
from web import server
from web.connection import Connection
from web.listening import bind, split

_GRACEFUL_SECONDS = 5
# How long the thread that decodes and renders may keep the interpreter before the event loop gets its turn.
# The loop waits so long after every read and write of a socket, some dozens of times for each scrape.
_SWITCH_SECONDS = 0.0002


class Server(server.Server):
    """Ends in peace: uvicorn would raise the signal again after its shutdown, and look like a crash."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def serve(
    config_file: Path,
    address: str,
    state: Path | None,
    shard: Shard = WHOLE,
    web_file: Path | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the files again. `shard` is this of several processes;
    `web_file` says how it is served (TLS, users), without one anybody who reaches the address is answered.

    Raises EstateInvalid for an invalid file, UsageError, PortTaken, StateFolderError.
    """
    config = load(config_file)
    counts = Counts(shard=shard)
    web = Live(web_file, Web.load(web_file), counts) if web_file is not None else None
    if state is not None:
        try:
            state.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateFolderError(f"the state folder {state} cannot be made: {error.strerror}") from None
    bound = bind(*split(address))
    sys.setswitchinterval(_SWITCH_SECONDS)
    GARBAGE.start()
    runtimes: list[Runtime] = []

    def make() -> Runtime:
        runtimes.append(Runtime(config, config_file, state, counts, web))
        return runtimes[-1]

    with contextlib.closing(Passwords()) as passwords:
        service = app(make)
        guarded = service if web is None else Guard(service, web, counts, passwords)
        asyncio.run(_serve(Server(options(guarded, counts, web), counts.crowd), bound, runtimes))


def options(service: ASGIApp, counts: Counts, web: Live | None) -> uvicorn.Config:
    """How uvicorn serves an application, with the TLS of a web configuration where there is one."""
    context = web.context if web is not None else None
    return uvicorn.Config(
        service,
        http=Connection if web is None else protocol(web, counts),
        ssl_context_factory=None if context is None else lambda config, default: context,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
        server_header=False,
        ws="none",
        # It warns of each request that is no HTTP, which is counted instead.
        log_level=logging.ERROR,
    )


async def _serve(server: Server, bound: socket.socket, runtimes: Sequence[Runtime]) -> None:
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    def end() -> None:
        server.should_exit = True

    def reload() -> None:
        for runtime in runtimes:
            task = loop.create_task(_reload(runtime))
            reloads.add(task)
            task.add_done_callback(reloads.discard)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    loop.add_signal_handler(signal.SIGHUP, reload)
    await server.serve(sockets=[bound])
    if not server.started:
        raise SurroundingsError("the exporter did not start", "The log above says why.")


async def _reload(runtime: Runtime) -> None:
    # The runtime logs and counts it; the old configuration stays in use.
    with contextlib.suppress(EstateInvalid):
        await runtime.reload()
