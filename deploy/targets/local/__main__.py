"""The supervisor's process: `python -m deploy.targets.local`, started by the guard; its stdin is the lease.

The first line on the lease is the errand; after that the lease is a control connection like any other.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.targets.local.control import Conversation
from deploy.targets.local.errand import Errand
from deploy.targets.local.folder import find, replace
from deploy.targets.local.patience import Patience
from deploy.targets.local.supervisor import Supervisor
from deploy.targets.local.wire import LIMIT, listen
from estate.errors import ComponentFailed, NotRunning

# Seconds between two tries to write the status where the disk refused, and in which changes become one file.
_AGAIN, _TOGETHER = 1.0, 0.1
# Seconds that the last words may take to those who listen.
_GOODBYE = 5.0


def environment() -> dict[str, str]:
    """What every process inherits: ours, with loopback kept away from proxies."""
    variables = dict(os.environ)
    for name in ("NO_PROXY", "no_proxy"):
        variables[name] = ",".join(filter(None, (variables.get(name, ""), "127.0.0.1", "localhost")))
    return variables


async def publish(supervisor: Supervisor) -> None:
    """Keep `status.json` as things are, without end.

    A disk that refuses it is a warning and is tried again.
    """
    status = supervisor.errand.folder.status
    while True:
        version = supervisor.news.version
        try:
            replace(status, json.dumps(supervisor.deployment().document(), indent=2) + "\n", mode=0o600)
        except OSError as error:
            supervisor.warn("status", f"{status} cannot be written: {error.strerror}; it is out of date")
            await asyncio.sleep(_AGAIN)
        else:
            supervisor.warn("status", "")
            await asyncio.sleep(_TOGETHER)
            await supervisor.news.after(version)


async def advance(supervisor: Supervisor) -> None:
    """Look again and again whether components are to go on with their later arguments, without end."""
    while True:
        await asyncio.sleep(supervisor.errand.patience.look)
        # One that cannot go on shows in its state, and the end of everything ends this too.
        with suppress(ComponentFailed, NotRunning):
            await supervisor.advance()


async def supervise() -> None:
    """Serve the lease and the control socket until everything is stopped."""
    lease = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    reader, writer = await asyncio.open_unix_connection(sock=lease, limit=LIMIT)
    if not (line := await reader.readline()):
        # Interrupted before the errand was given.
        return
    errand = _errand(json.loads(line))
    supervisor = Supervisor(errand, environment())
    stops: set[asyncio.Task[None]] = set()

    def stop() -> None:
        if stops:
            supervisor.hurry.set()
        stops.add(asyncio.create_task(supervisor.stop()))

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop)

    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lease: bool = False) -> None:
        conversation = Conversation(supervisor, reader, writer, lease=lease)
        await conversation.run()
        if conversation.lease:
            await supervisor.stop()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lease: bool = False) -> None:
        task = asyncio.create_task(talk(reader, writer, lease))
        talks.add(task)
        task.add_done_callback(talks.discard)

    server = await asyncio.start_unix_server(begin, sock=listen(errand.folder), limit=LIMIT)
    chores = [asyncio.create_task(chore(supervisor)) for chore in (publish, advance)]
    begin(reader, writer, lease=True)
    await supervisor.ended.wait()
    for chore in chores:
        chore.cancel()
    server.close()
    if talks:
        await asyncio.wait(talks, timeout=_GOODBYE)
    for left in (errand.folder.status, errand.folder.path / "control"):
        left.unlink(missing_ok=True)


def _errand(document: dict[str, Any]) -> Errand:
    folder = find(Path(document["folder"]))
    if folder is None:
        raise SystemExit(f"{document['folder']} is no state folder any more")
    return Errand(folder, Patience(**document["patience"]))


if __name__ == "__main__":
    asyncio.run(supervise())
