"""The command line's side of the control channel: starting a supervisor, asking it, and ending it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import psutil

import estate.errors
from deploy.targets.local import guard, lock, marks, tail
from deploy.targets.local.advice import carried
from deploy.targets.local.errand import Errand
from deploy.targets.local.folder import StateFolder, remove, unusable
from deploy.targets.local.wire import LIMIT, address, encode
from estate.errors import NotRunning, SinglepaneError, StateFolderError, SurroundingsError
from estate.running import Deployment

# Called with the deployment at every change.
Watch = Callable[[Deployment], None]
# Seconds that a supervisor may take to say its first word, to stop everything, and to be gone when told to.
_FIRST, _DOWN, _GONE = 5.0, 120.0, 15.0


class Line:
    """A connection to a supervisor. `deployment` is what it last said; `guard` is there if we started it."""

    def __init__(
        self,
        folder: StateFolder,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        guard: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self.folder = folder
        self.deployment: Deployment | None = None
        self._reader, self._writer, self._guard = reader, writer, guard

    async def send(self, verb: str, **rest: Any) -> None:
        """Ask for something. A supervisor that is gone shows at the next reply."""
        try:
            self._writer.write(encode({"verb": verb, **rest}))
            await self._writer.drain()
        except OSError:
            return

    async def replies(self) -> AsyncIterator[Mapping[str, Any]]:
        """Every message until the supervisor ends."""
        try:
            while line := await self._reader.readline():
                message = json.loads(line)
                if "deployment" in message:
                    self.deployment = Deployment.from_document(message["deployment"])
                yield message
        except (OSError, ValueError):
            # Cut short in the middle of a line: it ended.
            return

    async def until_it_runs(self) -> None:
        """Until the supervisor says that it runs something, for as long as its first word may take."""
        if self.deployment is not None and self.deployment.components:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST):
                async for _ in self.replies():
                    if self.deployment is not None and self.deployment.components:
                        return

    async def ask(self, verb: str, watch: Watch, **rest: Any) -> Mapping[str, Any]:
        """Ask and wait for the answer.

        Raises what the supervisor raised, and SurroundingsError when it dies.
        """
        await self.send(verb, **rest)
        async for message in self.replies():
            if "deployment" in message and self.deployment:
                watch(self.deployment)
            elif message.get("done") == verb:
                return message
            elif message.get("verb") == verb:
                raise _error(message["error"])
        raise died(self.folder)

    async def close(self) -> None:
        """Let go.

        Where we started the supervisor and did not detach from it, wait until all of it is gone.
        """
        self._writer.close()
        if self._guard is not None:
            await asyncio.to_thread(self._guard.wait)

    async def detach(self, watch: Watch) -> None:
        """Leave the supervisor running after us."""
        await self.ask("detach", watch)
        self._guard = None


async def connect(folder: StateFolder) -> Line | None:
    """A line to the supervisor, which has said its first word; None where none listens.

    Raises SurroundingsError for one that listens and does not answer.
    """
    try:
        with address(folder) as path:
            reader, writer = await asyncio.open_unix_connection(path, limit=LIMIT)
    except OSError:
        return None
    line = Line(folder, reader, writer)
    try:
        async with asyncio.timeout(_FIRST):
            async for _ in line.replies():
                return line
    except TimeoutError:
        raise _silent(folder) from None
    return None


async def begin(folder: StateFolder, wait: float = 10.0) -> int | Line:
    """The lock of a folder where nothing runs, or a line to what runs there.

    For `wait` seconds it bears with one that is just starting or stopping. Raises SurroundingsError after
    that.
    """
    for _ in range(max(1, round(wait / 0.1))):
        descriptor = lock.take(folder)
        if descriptor is not None:
            return descriptor
        if line := await connect(folder):
            return line
        await asyncio.sleep(0.1)
    raise _silent(folder)


async def start(errand: Errand, descriptor: int) -> Line:
    """Start guard and supervisor, which take over the lock. Until `Line.detach`, our end is theirs.

    Raises StateFolderError where the supervisor's log cannot be written.
    """
    ours, process = _spawn(errand.folder, descriptor)
    try:
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=LIMIT)
    except asyncio.CancelledError:
        ours.close()
        process.wait()
        raise
    document = {
        "folder": str(errand.folder.path),
        "patience": asdict(errand.patience),
    }
    writer.write(encode(document))
    return Line(errand.folder, reader, writer, process)


def _spawn(folder: StateFolder, descriptor: int) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    try:
        with folder.log("supervisor").open("ab") as log, theirs:
            # -P: a folder named `deploy` in the current one is not ours.
            supervisor = [sys.executable, "-P", "-m", "deploy.targets.local"]
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__, *supervisor],
                stdin=theirs.fileno(),
                stdout=log,
                stderr=log,
                cwd=folder.path,
                start_new_session=True,
                pass_fds=[descriptor],
            )
    except OSError as error:
        ours.close()
        raise unusable(folder.path, error) from None
    finally:
        os.close(descriptor)
    return ours, process


async def down(folder: StateFolder, watch: Watch) -> bool:
    """Stop everything and wait until all of it is gone; whether anything ran.

    A supervisor that does not answer is killed, and its guard ends what it ran. Raises SurroundingsError for
    one that cannot even be killed.
    """
    ran = False
    try:
        if line := await connect(folder):
            ran = True
            async with asyncio.timeout(_DOWN):
                await line.ask("down", watch)
            await line.close()
    except (SinglepaneError, TimeoutError):
        ran = True
    descriptor = await lock.wait(folder, _GONE)
    if descriptor is None:
        ran = True
        _kill_supervisor(folder)
        descriptor = await lock.wait(folder, _GONE)
    if descriptor is None:
        raise _silent(folder)
    try:
        return marks.end_all(folder.id) > 0 or ran
    finally:
        os.close(descriptor)


def purge(folder: StateFolder) -> None:
    """Remove the folder and all in it. Raises StateFolderError where something runs in it (again)."""
    descriptor = lock.take(folder)
    if descriptor is None:
        raise StateFolderError(
            f"something runs in {folder.path}", _advised(folder, "`singlepane down` stops it.")
        )
    try:
        remove(folder)
    finally:
        os.close(descriptor)


def _kill_supervisor(folder: StateFolder) -> None:
    last = recorded(folder)
    if last is None:
        return
    try:
        process = psutil.Process(last.supervisor_pid)
        # A process of another time is another process.
        if abs(process.create_time() - last.supervisor_started) < 1:
            process.send_signal(signal.SIGKILL)
    except psutil.Error:
        return


def recorded(folder: StateFolder) -> Deployment | None:
    """The last deployment on disk; after a crash it tells of a past time.

    None where there is none to read.
    """
    try:
        return Deployment.from_document(json.loads(folder.status.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def current(folder: StateFolder) -> Deployment:
    """What runs now. Raises NotRunning, and SurroundingsError for a supervisor that does not answer."""
    line = await connect(folder)
    if line is None or line.deployment is None:
        raise down_already(folder)
    await line.close()
    return line.deployment


def down_already(folder: StateFolder) -> NotRunning:
    """Nothing runs in a folder."""
    return NotRunning(f"estate {folder.estate} is not up", _advised(folder, "`singlepane up` starts it."))


def died(folder: StateFolder) -> SurroundingsError:
    """A supervisor ended without a word."""
    said = "".join(f"\n  {row}" for row in tail.read(folder.log("supervisor"), 12))
    return SurroundingsError(
        "the supervisor was killed or broke; everything it ran was stopped"
        + (f". Its last words:{said}" if said else ""),
        _advised(folder, "`singlepane up` starts the estate again."),
    )


def _advised(folder: StateFolder, remedy: str) -> str:
    return carried(remedy, folder.path, folder.estate)


def _silent(folder: StateFolder) -> StateFolderError:
    last = recorded(folder)
    who = f"a supervisor (pid {last.supervisor_pid})" if last else "another singlepane"
    return StateFolderError(
        f"{folder.path} is in use by {who} that does not answer",
        f"`singlepane down --state {folder.path}` ends it.",
    )


def _error(document: Mapping[str, str]) -> SinglepaneError:
    kind = getattr(estate.errors, document["kind"], SinglepaneError)
    error: SinglepaneError = kind(document["message"], document["remedy"])
    return error
