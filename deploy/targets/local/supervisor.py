"""The supervisor: all components of one estate, in their order, and what is to be told about them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Mapping, Sequence

import psutil

from deploy.targets.local import marks
from deploy.targets.local.advice import carried
from deploy.targets.local.changes import Changes
from deploy.targets.local.errand import Errand
from deploy.targets.local.keeper import LAST_LINES, Keeper, Workshop
from deploy.targets.local.launch import Launch
from deploy.targets.local.logs import Log
from deploy.targets.local.news import News
from deploy.targets.local.order import by_need, dependents
from deploy.targets.local.readiness import Prober
from deploy.targets.local.reaper import Reaper
from estate.errors import ComponentFailed, NotRunning, UsageError
from estate.running import Deployment, Running


class Supervisor:
    """Keeps launches running. `ended` is set when all is stopped for good; `hurry` makes every stop a kill.

    Create it in a running event loop.
    """

    def __init__(self, errand: Errand, environment: Mapping[str, str]) -> None:
        self.errand = errand
        self.news = News()
        self.hurry = asyncio.Event()
        self.ended = asyncio.Event()
        self.warnings: dict[str, str] = {}
        self._environment = environment
        self._estate_file = ""
        self._keepers: dict[str, Keeper] = {}
        self._gate = asyncio.Lock()
        self._prober = Prober(errand.patience.probe)
        self._reaper = Reaper(asyncio.get_running_loop())
        self._started = time.time()
        self._self_started = psutil.Process().create_time()
        self._up = False
        self._stopping = False

    def deployment(self) -> Deployment:
        """All that runs, as it is now."""
        return Deployment(
            estate=self.errand.folder.estate,
            estate_file=self._estate_file,
            target="local",
            state_folder=str(self.errand.folder.path),
            started=self._started,
            supervisor_pid=os.getpid(),
            supervisor_started=self._self_started,
            components=tuple(map(_running, self._keepers.values())),
            warnings=tuple(self.warnings.values()),
        )

    async def apply(self, estate_file: str, launches: Sequence[Launch]) -> Changes:
        """Make these launches what runs: stop what is gone or different, start what is new, leave the rest.

        Returns what it changed, when all are ready. Raises ComponentFailed when one gives up or takes too
        long (a first start that fails so leaves nothing running; a later one leaves the others), and
        NotRunning when everything is stopped meanwhile.
        """
        by_need({launch.name: launch.needs for launch in launches})
        async with self._gate:
            self._refuse_when_stopping()
            same = {
                launch.name
                for launch in launches
                if (keeper := self._keepers.get(launch.name))
                and keeper.launch.fingerprint() == launch.fingerprint()
                and keeper.standing.state not in {"failed", "stopped"}
            }
            wanted = [launch.name for launch in launches]
            changes = Changes(
                started=tuple(name for name in wanted if name not in self._keepers),
                restarted=tuple(name for name in wanted if name in self._keepers and name not in same),
                stopped=tuple(name for name in self._keepers if name not in wanted),
            )
            await self._stop(name for name in self._keepers if name not in same)
            self._estate_file = estate_file
            old = self._keepers
            self._keepers = {
                launch.name: old[launch.name] if launch.name in same else self._keeper(launch)
                for launch in launches
            }
            for name, keeper in self._keepers.items():
                if name not in same:
                    keeper.start()
        try:
            await self._settled(tuple(self._keepers))
        except ComponentFailed:
            if not self._up:
                await self.stop()
            raise
        self._up = True
        return changes

    async def restart(self, name: str) -> None:
        """Stop and start one component; returns when it is ready. Raises like `apply`, and UsageError."""
        async with self._gate:
            self._refuse_when_stopping()
            if name not in self._keepers:
                raise UsageError(f"there is no component {name}")
            keeper = self._keepers[name]
            await keeper.stop()
            # What it waited for to go on has not changed: it would be started twice.
            keeper.start(later=keeper.current != keeper.launch)
        await self._settled((name,))

    async def advance(self) -> None:
        """Start anew, one after the other, the components whose time for their later arguments has come.

        Only while all are ready: what is in trouble has enough of it.
        """
        for name, keeper in list(self._keepers.items()):
            later = keeper.launch.later
            if later is None or keeper.current != keeper.launch:
                continue
            if not self._all_ready() or not await self._prober.holds(later.when):
                continue
            async with self._gate:
                if self._stopping or self._keepers.get(name) is not keeper or not self._all_ready():
                    return
                keeper.log.say("starts anew with its later arguments")
                await keeper.stop()
                keeper.start(later=True)
            await self._settled((name,))

    async def stop(self) -> None:
        """Stop everything for good, in reverse order of need."""
        self._stopping = True
        self.news.tell()
        async with self._gate:
            if not self.ended.is_set():
                await self._stop(self._keepers)
                await self._prober.close()
                self._reaper.close()
                self.ended.set()
                self.news.tell()

    def _all_ready(self) -> bool:
        return all(keeper.standing.state == "ready" for keeper in self._keepers.values())

    def warn(self, subject: str, trouble: str) -> None:
        """Show a trouble that stops nothing as long as it lasts; empty when it is over."""
        if self.warnings.get(subject, "") != trouble:
            self.warnings = {**self.warnings, subject: trouble}
            if not trouble:
                del self.warnings[subject]
            self.news.tell()

    def log(self, name: str) -> Log:
        """A log in the state folder whose troubles become warnings."""
        return Log(self.errand.folder.log(name), lambda trouble: self.warn(f"log {name}", trouble))

    def _keeper(self, launch: Launch) -> Keeper:
        folder = self.errand.folder
        mark = marks.Mark(folder.id, folder.estate, launch.name)
        workshop = Workshop(
            environment={**self._environment, **mark.environment()},
            patience=self.errand.patience,
            prober=self._prober,
            reaper=self._reaper,
            hurry=self.hurry,
            news=self.news,
            excused=lambda: bool(self.warnings),
        )

        def missing() -> list[str]:
            return [name for name in launch.needs if self._keepers[name].standing.state != "ready"]

        return Keeper(launch, self.log(launch.name), workshop, missing)

    async def _stop(self, names: Iterable[str]) -> None:
        """Stop some components, each after those among them that need it."""
        needs = {name: self._keepers[name].launch.needs for name in names}
        waits = dependents(needs)
        gone: set[str] = set()

        async def stop(name: str) -> None:
            await self.news.until(lambda: gone.issuperset(waits[name]))
            await self._keepers[name].stop()
            gone.add(name)
            self.news.tell()

        async with asyncio.TaskGroup() as tasks:
            for name in needs:
                tasks.create_task(stop(name))

    async def _settled(self, names: Sequence[str]) -> None:
        """Until all of them are ready. Raises ComponentFailed and NotRunning."""

        def settled() -> bool:
            self._refuse_when_stopping()
            keepers = [self._keepers[name] for name in names if name in self._keepers]
            for keeper in keepers:
                if keeper.standing.state == "failed":
                    raise self._failure(keeper, keeper.given_up)
            return all(keeper.standing.state == "ready" for keeper in keepers)

        limit = self.errand.patience.start
        try:
            async with asyncio.timeout(limit):
                await self.news.until(settled)
        except TimeoutError:
            late = [self._keepers[name] for name in names if self._keepers[name].standing.state != "ready"]
            # What others wait for explains more than what waits.
            late.sort(key=lambda keeper: keeper.standing.state == "waiting")
            raise self._failure(
                late[0], f"is not ready after {limit:g} s: {late[0].standing.last_error}"
            ) from None

    def _failure(self, keeper: Keeper, why: str) -> ComponentFailed:
        name = keeper.launch.name
        lines = keeper.log.last(LAST_LINES)
        said = (
            "\n".join(["its last log lines:", *(f"  {line}" for line in lines)])
            if lines
            else "it logged nothing"
        )
        folder = self.errand.folder
        remedy = carried(f"`singlepane logs {name}` shows all of its log.", folder.path, folder.estate)
        return ComponentFailed(f"{name} {why}; {said}", remedy)

    def _refuse_when_stopping(self) -> None:
        if self._stopping:
            raise NotRunning("the estate is being stopped", "Wait until it is down, then start it again.")


def _running(keeper: Keeper) -> Running:
    launch, standing = keeper.current, keeper.standing
    return Running(
        name=launch.name,
        kind=launch.kind,
        cluster=launch.cluster,
        state=standing.state,
        replica=launch.replica,
        addresses=launch.addresses,
        pid=standing.pid,
        restarts=standing.restarts,
        since=standing.since,
        last_error=standing.last_error,
        note=launch.note,
    )
