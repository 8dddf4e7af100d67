"""One running process: in a session of its own, its output pumped into a log, stopped with all its group."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from deploy.targets.local.guard import die_with_parent
from deploy.targets.local.launch import Launch
from deploy.targets.local.logs import Log
from deploy.targets.local.reaper import Reaper

_CHUNK = 1 << 16
# Bytes per second that one component may log for long. Faster ones are slowed down at their pipe, so that no
# component takes the supervisor away from the others.
_RATE = 8 << 20
# Seconds that the kernel gets to end a killed process.
_KILLED = 10.0


class Process:
    """A process that runs now or has ended. `exited` becomes its return code, negative for a signal.

    Starting raises OSError. When it ends, what is left of its group is killed.
    """

    def __init__(self, launch: Launch, environment: Mapping[str, str], log: Log, reaper: Reaper) -> None:
        self._loop = asyncio.get_running_loop()
        self._log = log
        self.exited: asyncio.Future[int] = self._loop.create_future()
        self._output, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            os.set_blocking(writing, True)
            self._popen = subprocess.Popen(
                launch.argv,
                cwd=launch.data,
                env={**environment, **launch.environment},
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # The supervisor has one thread, so a fork finds no lock of another thread held.
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
            )
        except BaseException:
            os.close(self._output)
            raise
        finally:
            os.close(writing)
        self.pid = self._popen.pid
        self.started = time.time()
        self._loop.add_reader(self._output, self._read)
        reaper.watch(self.pid, self._ended)

    async def stop(self, seconds: float, hurry: asyncio.Event) -> None:
        """Ask the group to end; kill it after `seconds`, or as soon as `hurry` is set.

        Returns when it is gone.
        """
        self._signal(signal.SIGTERM)
        # A stopped process takes no notice before it continues.
        self._signal(signal.SIGCONT)
        rushed = self._loop.create_task(hurry.wait())
        try:
            either: set[asyncio.Future[Any]] = {self.exited, rushed}
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rushed.cancel()
        if not self.exited.done():
            self._signal(signal.SIGKILL)
            await asyncio.wait({self.exited}, timeout=_KILLED)

    def _signal(self, number: signal.Signals) -> None:
        # While the leader is not collected, the id of its group is not another's.
        if not self.exited.done():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def _ended(self) -> None:
        self._signal(signal.SIGKILL)
        code = self._popen.wait()
        # What the process said last is still in the pipe, which may stay open elsewhere.
        self._loop.remove_reader(self._output)
        with suppress(BlockingIOError):
            for _ in range(16):
                if not (data := os.read(self._output, _CHUNK)):
                    break
                self._log.write(data)
        os.close(self._output)
        self._output = -1
        self.exited.set_result(code)

    def _read(self) -> None:
        try:
            data = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return
        if not data:
            # Closed its output, and may well run on.
            self._loop.remove_reader(self._output)
            return
        self._log.write(data)
        if len(data) == _CHUNK:
            self._loop.remove_reader(self._output)
            self._loop.call_later(_CHUNK / _RATE, self._resume)

    def _resume(self) -> None:
        if self._output >= 0:
            self._loop.add_reader(self._output, self._read)


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
