"""Keeping one component running: start, watch, start again, give up for a while."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from deploy.targets.local import files
from deploy.targets.local.launch import Launch
from deploy.targets.local.logs import Log
from deploy.targets.local.machine import Standing
from deploy.targets.local.news import News
from deploy.targets.local.patience import Patience
from deploy.targets.local.process import Process, ending
from deploy.targets.local.readiness import Prober
from deploy.targets.local.reaper import Reaper

# Log lines that a give-up message ends with.
LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Workshop:
    """What all keepers of one supervisor share.

    `environment` is what every process starts with. `excused` is whether something outside is known to be
    wrong, such as a full disk: nothing is given up for that, since it starts again when that is over.
    """

    environment: Mapping[str, str]
    patience: Patience
    prober: Prober
    reaper: Reaper
    hurry: asyncio.Event
    news: News
    excused: Callable[[], bool]


class Keeper:
    """Keeps one component running from `start` until `stop`. `standing` is where it stands.

    `launch` is what it was given, `current` what runs of it now: itself, or its successor. `given_up` is why
    it failed last. `missing` names what it needs and is not ready.
    """

    def __init__(
        self,
        launch: Launch,
        log: Log,
        workshop: Workshop,
        missing: Callable[[], Sequence[str]],
    ) -> None:
        self.launch = launch
        self.current = launch
        self.standing = Standing("stopped", time.time())
        self.log = log
        self.given_up = ""
        self._shop = workshop
        self._missing = missing
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, *, later: bool = False) -> None:
        """Start it as soon as what it needs is ready, with its first arguments or its `later` ones."""
        self.current = self.launch.successor() if later else self.launch
        self._move(self.standing.waiting(time.time()))
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        """Stop it; returns when its process is gone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        await self._end_process()
        self._move(self.standing.stopped(time.time()))
        self.log.close()

    async def _keep(self) -> None:
        patience = self._shop.patience
        failures: tuple[float, ...] = ()
        while True:
            await self._wait()
            why = await self._run()
            now = time.monotonic()
            failures = patience.recent((*failures, now), now)
            self._move(self.standing.fell(time.time(), why))
            if patience.exhausted(failures) and not self._shop.excused():
                times = f"{len(failures)} times in {max(1, round(now - failures[0]))} s"
                later = f"tries anew after {patience.again:g} s"
                self.log.say(f"given up: fell {times}; {later}")
                self.given_up = f"fell {times}, the last time: {why}"
                self._move(self.standing.failed(time.time(), f"{self.given_up}; {later}"))
                await asyncio.sleep(patience.again)
                failures = ()
                self.log.say("tries anew")
                self._move(self.standing.waiting(time.time()))
                continue
            pause = patience.delay(failures, secrets.randbelow(1000) / 1000)
            self.log.say(f"{why}; starts again in {pause:.1f} s")
            await asyncio.sleep(pause)
            self._move(self.standing.waiting(time.time()))

    async def _wait(self) -> None:
        news = self._shop.news
        while True:
            version = news.version
            if not (missing := self._missing()):
                return
            self._move(self.standing.waiting(time.time(), f"for {', '.join(missing)}"))
            await news.after(version)

    async def _run(self) -> str:
        """One life of the process; why it came to its end."""
        launch = self.current
        try:
            files.write(launch)
            self._process = process = Process(launch, self._shop.environment, self.log, self._shop.reaper)
        except OSError as error:
            return f"cannot be started: {error}"
        self.log.say(f"started as pid {process.pid}")
        self._move(self.standing.starting(time.time(), process.pid))
        hung = await self._watch(process)
        if hung:
            await self._end_process()
            return hung
        self._process = None
        self.log.flush()
        return ending(process.exited.result())

    async def _watch(self, process: Process) -> str:
        """Until the process has ended (""), or does not answer for so long that it hangs (says so)."""
        patience = self._shop.patience
        answered = time.monotonic()
        misses = 0
        while True:
            verdict = await self._shop.prober.ask(self.launch.ready)
            if process.exited.done():
                return ""
            now = time.monotonic()
            if verdict.answered:
                answered = now
            elif now - answered > patience.silent:
                return f"hung and was killed: {verdict.reason}, for {round(now - answered)} s"
            misses = 0 if verdict.ready else misses + 1
            if verdict.ready and self.standing.state != "ready":
                self._move(self.standing.ready(time.time()))
            elif misses and (self.standing.state == "starting" or misses >= patience.misses):
                self._move(self.standing.starting(time.time(), process.pid, verdict.reason))
            ready_for = time.time() - self.standing.since if self.standing.state == "ready" else None
            pause = patience.pause(ready_for=ready_for, misses=misses)
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(process.exited), pause)
                return ""

    async def _end_process(self) -> None:
        if self._process is not None:
            seconds = self.launch.stop_seconds
            if self.launch.deaf and await self._shop.prober.holds(self.launch.deaf):
                self.log.say(f"killed at once: {self.launch.deaf.metric} says that it will not end by itself")
                seconds = 0.0
            await self._process.stop(seconds, self._shop.hurry)
            self._process = None
            self.log.flush()

    def _move(self, standing: Standing) -> None:
        if standing != self.standing:
            self.standing = standing
            self._shop.news.tell()
