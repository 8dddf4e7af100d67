"""A run of `up`: start, follow, and stop on Ctrl-C at any moment."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from deploy.targets.local.changes import Changes
from deploy.targets.local.client import Line, died
from deploy.targets.local.start import Wish, apply, start
from estate.running import Deployment

_T = TypeVar("_T")


class Show(Protocol):
    """Where a run is shown."""

    def say(self, line: str) -> None:
        """Something worth a line."""

    def changed(self, deployment: Deployment) -> None:
        """Something changed, before or after all were ready."""

    def up(self, deployment: Deployment, changes: Changes | None, stays: bool) -> None:
        """All are ready.

        `changes` is what was done to an estate that ran already, None for one that was started; `stays` is
        whether the command stays and stops all at its end.
        """


class Interrupted(Exception):
    """A signal asked to end; `number` is its number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Session:
    """One run of `up`, in its own event loop, whose signals it takes."""

    def __init__(self, wish: Wish, show: Show, *, detach: bool) -> None:
        self._wish, self._show, self._detach = wish, show, detach
        self._signals: asyncio.Queue[int] = asyncio.Queue()

    async def run(self) -> int:
        """The exit code: 0, or 128 plus the signal that ended a start. Raises what `start` and `apply` raise.

        When it returns or raises, either the estate is up and stays up, or nothing of what it started is
        left.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # What is ignored stays ignored: that is what `nohup` asks for.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._signals.put_nowait, number)
        try:
            started = await self._unless_interrupted(start(self._wish, self._show.say))
        except Interrupted as interrupted:
            return 128 + interrupted.number
        line, ours = started.line, started.before is None
        up = False
        try:
            changes = await self._unless_interrupted(apply(started, self._show.changed))
            up = True
            if line.deployment is not None:
                told = None if ours else changes
                self._show.up(line.deployment, told, stays=ours and not self._detach)
            if ours and self._detach:
                await line.detach(self._show.changed)
            elif ours:
                await self._unless_interrupted(self._follow(line))
        except Interrupted as interrupted:
            if ours:
                self._show.say("stopping; once more kills")
                await self._stop(line)
            return 0 if up else 128 + interrupted.number
        finally:
            await line.close()
        return 0

    async def _follow(self, line: Line) -> None:
        async for _ in line.replies():
            if line.deployment is not None:
                self._show.changed(line.deployment)
        if line.deployment is None or any(row.state != "stopped" for row in line.deployment.components):
            raise died(line.folder)
        self._show.say("stopped from elsewhere")

    async def _stop(self, line: Line) -> None:
        await line.send("down")
        end = asyncio.create_task(_to_end(line))
        while not end.done():
            try:
                await self._unless_interrupted(asyncio.shield(end))
            except Interrupted:
                await line.send("hurry")

    async def _unless_interrupted(self, work: Coroutine[Any, Any, _T] | asyncio.Future[_T]) -> _T:
        """The result of the work, unless a signal comes first: then the work is cancelled."""
        task = asyncio.ensure_future(work)
        signalled = asyncio.create_task(self._signals.get())
        await asyncio.wait({task, signalled}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            if signalled.done():
                # For the next one who waits: what is done is not undone here.
                self._signals.put_nowait(signalled.result())
            signalled.cancel()
            return task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        raise Interrupted(signalled.result())


async def _to_end(line: Line) -> None:
    async for _ in line.replies():
        continue
