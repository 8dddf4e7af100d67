"""One exporter process from the inside: collectors on their cycles, the board, reloading."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time

import structlog

from estate.errors import EstateInvalid
from estate.findings import Finding
from exporters.azure.discovery.access import Access
from exporters.collectors import build
from exporters.configuration.config import Config
from exporters.configuration.load import load
from exporters.exposition.metrics import Family
from exporters.exposition.snapshot import Snapshot
from exporters.probe.build import sources
from exporters.probe.probes import Probes
from exporters.running import own
from exporters.running.board import Board
from exporters.running.cycle import Cycle
from exporters.running.own import Counts
from exporters.serving.web.live import Live

_LAG_PROBE_SECONDS = 0.1
_LAG_WINDOW_SECONDS = 10.0

log = structlog.get_logger()


@dataclass(slots=True)
class _Set:
    """The collectors and probes of one configuration, and the tasks that run them."""

    config: Config
    access: Access
    cycles: tuple[Cycle, ...]
    probes: Probes
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class Runtime:
    """What the service shows. Make it inside a running event loop, then `start`, and `stop` at the end.

    `path` is read again by `reload`; `state` is a folder for what must survive a restart, None for nothing.
    `counts` says which of several processes this is; `web`, how it is served, is watched here.
    """

    def __init__(
        self,
        config: Config,
        path: Path,
        state: Path | None,
        counts: Counts | None = None,
        web: Live | None = None,
    ) -> None:
        self.counts = counts or Counts()
        self._web = web
        self._path = path
        self._state = state
        self.board = Board(self._data, self._own, self.counts)
        self._set = self._made(config)
        self._tasks: list[asyncio.Task[None]] = []
        self._reloading = asyncio.Lock()

    @property
    def config(self) -> Config:
        """The configuration in use."""
        return self._set.config

    @property
    def cycles(self) -> tuple[Cycle, ...]:
        """The collectors that run."""
        return self._set.cycles

    @property
    def probes(self) -> Probes:
        """What `/probe` runs."""
        return self._set.probes

    @property
    def ready(self) -> bool:
        """True once every collector has ended a cycle, well or not, and its outcome can be scraped."""
        first = self.board.snapshot
        return first is not None and all(
            cycle.status.cycles and cycle.status.ended <= first.made for cycle in self._set.cycles
        )

    async def start(self) -> None:
        """Begin to collect. The first snapshot, without data, is there when this returns."""
        await self.board.refresh()
        self._tasks = [asyncio.create_task(self.board.run()), asyncio.create_task(self._probe())]
        if self._web is not None:
            self._tasks.append(asyncio.create_task(self._web.watch()))
        self._run(self._set)
        log.info("started", name=self.config.name, collectors=len(self.cycles))

    async def stop(self) -> None:
        """Stop collecting, write down what must survive, close connections."""
        for task in self._tasks:
            task.cancel()
        await _ended(self._tasks)
        await self._halt(self._set)
        log.info("stopped", name=self.config.name)

    async def reload(self) -> None:
        """Read the files again and change over. Raises EstateInvalid; of a file that is invalid nothing is
        used, and the other one takes over all the same.
        """
        async with self._reloading:
            found: list[Finding] = []
            if self._web is not None:
                try:
                    await self._web.reload()
                except EstateInvalid as invalid:
                    found += invalid.findings
            try:
                config = await asyncio.to_thread(load, self._path)
            except EstateInvalid as invalid:
                self.counts.reload_ok = False
                log.error("configuration not reloaded: it is not valid", file=str(self._path))
                raise EstateInvalid([*found, *invalid.findings]) from None
            self.counts.reload_ok = True
            self.counts.reloaded = time()
            before = self._set
            # The old collectors write their state before the new ones read it.
            await self._halt(before)
            self._set = self._made(config)
            self._run(self._set)
            self.board.changed()
            log.info("configuration reloaded", name=config.name, collectors=len(self.cycles))
            if found:
                raise EstateInvalid(found)

    def _made(self, config: Config) -> _Set:
        access = Access(config, self.counts.shard)
        collectors = build(config, self._state, self.counts.shard, access)
        cycles = tuple(Cycle(collector, self.board.changed) for collector in collectors)
        found = sources(config, access, self._state, self.counts.shard)
        return _Set(config, access, cycles, Probes(found, self.counts))

    def _run(self, of: _Set) -> None:
        for each in of.config.warnings:
            log.warning(
                "configuration", place=str(each.position), code=each.code, problem=each.message, fix=each.fix
            )
        of.tasks = [asyncio.create_task(cycle.run()) for cycle in of.cycles]

    async def _halt(self, of: _Set) -> None:
        for task in of.tasks:
            task.cancel()
        await _ended(of.tasks)
        for cycle in of.cycles:
            try:
                await cycle.close()
            except Exception:
                log.exception("collector not closed", collector=cycle.collector.name)
        await of.probes.close()

    def _data(self) -> Iterable[Family]:
        return [family for cycle in self._set.cycles for family in cycle.families()]

    def _own(self, snapshot: Snapshot | None) -> Iterable[Family]:
        for cycle in self._set.cycles:
            cycle.status.unserved = self.board.unserved(cycle.families())
        return [
            *own.service(self.counts, snapshot),
            *own.collectors(self._set.cycles, time()),
            *self._set.probes.own(),
            *own.process(),
        ]

    async def _probe(self) -> None:
        """Measure how late the event loop wakes: what every scrape has to wait for."""
        window, worst = monotonic(), 0.0
        while True:
            asleep = monotonic()
            await asyncio.sleep(_LAG_PROBE_SECONDS)
            now = monotonic()
            worst = max(worst, now - asleep - _LAG_PROBE_SECONDS)
            self.counts.loop_lag = max(worst, self.counts.loop_lag)
            if now - window > _LAG_WINDOW_SECONDS:
                self.counts.loop_lag, window, worst = worst, now, 0.0


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
