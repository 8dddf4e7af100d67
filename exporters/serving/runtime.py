"""One exporter process from the inside: collectors on their cycles, the board, reloading."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time

import structlog

from estate.errors import EstateInvalid
from estate.findings import Finding
from exporters.azure.discovery.access import Access
from exporters.collector import Collector, Following
from exporters.collectors import build
from exporters.configuration import parts
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
    """The collectors of one configuration, its way to Azure, and the tasks that run the collectors."""

    config: Config
    access: Access
    cycles: tuple[Cycle, ...]
    tasks: dict[Cycle, asyncio.Task[None]] = field(default_factory=dict)


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
        self.board = Board(self._data, self._own, self.counts, lambda: self.config.external_labels)
        access = Access(config, self.counts.shard)
        built = build(config, state, self.counts.shard, access)
        self._set = _Set(config, access, tuple(Cycle(each, self.board.changed) for each in built))
        self.probes = Probes(sources(config, access, state, self.counts.shard, {}), self.counts)
        self._was_ready = False
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
    def ready(self) -> bool:
        """True once every collector has ended a cycle, well or not, and its outcome can be scraped. A reload
        does not end that: who is not ready is not scraped.
        """
        first = self.board.snapshot
        self._was_ready = self._was_ready or (
            first is not None
            and all(cycle.status.cycles and cycle.status.ended <= first.made for cycle in self._set.cycles)
        )
        return self._was_ready

    async def start(self) -> None:
        """Begin to collect. The first snapshot, without data, is there when this returns."""
        await self.board.refresh()
        self._tasks = [asyncio.create_task(self.board.run()), asyncio.create_task(self._probe())]
        if self._web is not None:
            self._tasks.append(asyncio.create_task(self._web.watch()))
        self._begin()
        log.info("started", name=self.config.name, collectors=len(self.cycles))

    async def stop(self) -> None:
        """Stop collecting, write down what must survive, close connections."""
        for task in self._tasks:
            task.cancel()
        await _ended(self._tasks)
        await self._end(self._set, self._set.cycles)
        await self.probes.close()
        log.info("stopped", name=self.config.name)

    async def reload(self) -> None:
        """Read the files again and change over. What a row depends on decides: one that is as before runs on,
        a changed one takes over when it has data, a removed one goes at once. Raises EstateInvalid; of a file
        that is invalid nothing is used, and the other one takes over all the same.
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
            await self._change(config)
            if found:
                raise EstateInvalid(found)

    async def _change(self, config: Config) -> None:
        before, shard = self._set, self.counts.shard
        access = before.access.succeeded(config)
        same = _same(parts.rows(before.config), parts.rows(config))
        built = build(config, self._state, shard, access, same)
        same_modules = _same(parts.modules(before.config), parts.modules(config))
        kept = {name: each for name, each in self.probes.sources.items() if name in same_modules}
        modules = sources(config, access, self._state, shard, kept)
        staying = [each for each in before.cycles if each.collector.exporter in same]
        going = {_identity(each.collector): each for each in before.cycles if each not in staying}
        # The old collectors write their state before the new ones read it; their values are shown meanwhile.
        await self._end(before, going.values())
        cycles = [*staying]
        for collector in built:
            old = going.get(_identity(collector))
            if old is not None and isinstance(collector, Following):
                collector.follow(old.collector)
            cycles.append(Cycle(collector, self.board.changed, old))
        place = {name: index for index, name in enumerate(config.exporters)}
        cycles.sort(key=lambda each: place.get(each.collector.exporter, 0))
        self._set = _Set(config, access, tuple(cycles), {each: before.tasks[each] for each in staying})
        self._begin()
        self.board.changed()
        await self.probes.change(modules)
        log.info(
            "configuration reloaded",
            name=config.name,
            collectors=len(cycles),
            unchanged=sorted({each.collector.exporter for each in staying}),
        )

    def _begin(self) -> None:
        """Run what does not run yet."""
        for each in self.config.warnings:
            log.warning(
                "configuration", place=str(each.position), code=each.code, problem=each.message, fix=each.fix
            )
        for cycle in self._set.cycles:
            if cycle not in self._set.tasks:
                self._set.tasks[cycle] = asyncio.create_task(cycle.run())

    async def _end(self, of: _Set, cycles: Collection[Cycle]) -> None:
        tasks = [of.tasks[cycle] for cycle in cycles if cycle in of.tasks]
        for task in tasks:
            task.cancel()
        await _ended(tasks)
        for cycle in cycles:
            try:
                await cycle.close()
            except Exception:
                log.exception("collector not closed", collector=cycle.collector.name)

    def _data(self) -> Iterable[Family]:
        return [family for cycle in self._set.cycles for family in cycle.families()]

    def _own(self, snapshot: Snapshot | None) -> Iterable[Family]:
        for cycle in self._set.cycles:
            cycle.status.unserved = self.board.unserved(cycle.families())
        return [
            *own.service(self.counts, snapshot),
            *own.collectors(self._set.cycles, time()),
            *self.probes.own(),
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


def _same(before: Mapping[str, str], now: Mapping[str, str]) -> frozenset[str]:
    """The names whose text is equal in both."""
    return frozenset(name for name, text in now.items() if before.get(name) == text)


def _identity(collector: Collector) -> tuple[str, str]:
    return collector.name, collector.exporter
