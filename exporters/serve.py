"""Running the service as a process: socket, signals, logs."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Generator
from pathlib import Path

import structlog
import uvicorn

from estate.errors import EstateInvalid, PortTaken, StateFolderError, SurroundingsError, UsageError
from exporters.config import Config, load
from exporters.runtime import Runtime
from exporters.service import app

_GRACEFUL_SECONDS = 5
# How long a thread that decodes or renders may keep the interpreter before the event loop gets its turn.
_SWITCH_SECONDS = 0.001


class _Server(uvicorn.Server):
    """Ends in peace: uvicorn would raise the signal again after its shutdown, and look like a crash."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def listen(address: str) -> socket.socket:
    """A socket bound to `HOST:PORT`; IPv6 hosts in brackets. Raises UsageError or PortTaken."""
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"{address!r} is not an address", "Write HOST:PORT, such as 127.0.0.1:9790.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sends small packets at once; else each reply waits 40 ms for an ACK.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, int(port)))
    except (OSError, socket.gaierror) as error:
        bound.close()
        raise PortTaken(
            f"cannot listen on {address}: {error.strerror or error}",
            "Choose another address with --listen.",
        ) from None
    return bound


def log_to_stderr(level: int = logging.INFO) -> None:
    """One JSON object per line. Bodies, headers and secrets are never among what is logged."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries speak through logging; azure-identity says with each token that it has one.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def serve(config_file: Path, address: str, state: Path | None) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the file again.

    Raises EstateInvalid for an invalid file, UsageError, PortTaken, StateFolderError.
    """
    config = load(config_file)
    if state is not None:
        try:
            state.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateFolderError(f"the state folder {state} cannot be made: {error.strerror}") from None
    bound = listen(address)
    log_to_stderr()
    sys.setswitchinterval(_SWITCH_SECONDS)
    # What is imported stays for ever: the collector of garbage need not look at it again and again.
    gc.collect()
    gc.freeze()
    asyncio.run(_serve(config, config_file, bound, state))


async def _serve(config: Config, config_file: Path, bound: socket.socket, state: Path | None) -> None:
    runtimes: list[Runtime] = []

    def make() -> Runtime:
        runtimes.append(Runtime(config, config_file, state))
        return runtimes[-1]

    options = uvicorn.Config(
        app(make),
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
        server_header=False,
    )
    server = _Server(options)
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
