"""Running probes: one at a time for each target, few at once, and shared by those who ask within a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, time

import structlog

from exporters.collector import CollectorError
from exporters.exposition.metrics import Family, gauge, merged
from exporters.exposition.snapshot import Snapshot, part, snapshot
from exporters.probe.sources import Reading, Refused, Source
from exporters.running.carried import continued
from exporters.running.own import Counts
from exporters.work import worked

# Of those that take turns together: runs at once, and runs that may wait; more are turned away.
AT_ONCE = 16
MOST_WAITING = 128
# Targets whose connection and outcome are kept.
KEPT = 512
# As other probing exporters: the answer must be there before Prometheus gives up.
OFFSET_SECONDS = 0.5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run brought, ready to be sent. Times are of the monotonic clock."""

    snapshot: Snapshot
    ended: float
    fresh_until: float


@dataclass(slots=True)
class _Target:
    """One target of one module."""

    reading: Reading
    turn: tuple[str, str]
    outcome: Outcome | None = None
    running: asyncio.Task[Outcome] | None = None


class Probes:
    """The modules of one configuration. Make it inside a running event loop and `close` it at the end."""

    def __init__(self, sources: Mapping[str, Source], counts: Counts) -> None:
        self._sources = sources
        self._counts = counts
        self._targets: OrderedDict[tuple[str, str], _Target] = OrderedDict()
        self._turns: dict[tuple[str, str], asyncio.Semaphore] = {}
        self._said: dict[str, Sequence[Family]] = {}

    @property
    def sources(self) -> Mapping[str, Source]:
        """The modules in use, by name."""
        return self._sources

    async def answer(self, module: str, target: str, scrape_timeout: float | None) -> Outcome:
        """The outcome of a probe, a fresh or a recent one, before the scrape times out. Raises Refused."""
        source = self._source(module)
        name = source.named(target)
        found = self._targets.get((module, name))
        outcome = found.outcome if found is not None else None
        if found is None or found.running is None:
            if outcome is not None and monotonic() < outcome.fresh_until:
                self._targets.move_to_end((module, name))
                return outcome
            turn = (source.kind, source.turn(name))
            running = [each for each in self._targets.values() if each.running and each.turn == turn]
            if len(running) >= AT_ONCE + MOST_WAITING:
                raise Refused(503, "busy", "too many probes wait for their turn")
            found = found or _Target(source.reading(name), turn)
            self._targets[module, name] = found
            task = found.running = asyncio.create_task(self._run(module, name, found))
        else:
            task = found.running
        limit = source.timeout
        if scrape_timeout is not None:
            limit = min(limit, scrape_timeout - min(OFFSET_SECONDS, scrape_timeout / 2))
        # The run goes on for the others that wait, and for who asks next.
        await asyncio.wait({task}, timeout=limit)
        if task.done() and not task.cancelled():
            return task.result()
        log.warning("probe not awaited", module=module, target=_shown(name), seconds=limit)
        now = monotonic()
        if source.goes_on and outcome is not None and now < outcome.fresh_until + source.cache:
            return outcome
        return Outcome(_rendered((), success=False, duration=limit), now, now)

    async def change(self, sources: Mapping[str, Source]) -> None:
        """Go over to other modules. One that is the same object goes on undisturbed, its runs too."""
        gone = {name: each for name, each in self._sources.items() if sources.get(name) is not each}
        while of_gone := [key for key in self._targets if key[0] in gone]:
            await self._let_go([self._targets.pop(key) for key in of_gone])
        said = {name: tuple(self._own_of(name)) for name in gone if name in sources}
        self._said = {**{name: each for name, each in self._said.items() if name in sources}, **said}
        self._sources = sources
        for source in gone.values():
            await source.close()

    async def close(self) -> None:
        """Stop what runs and close connections."""
        await self.change({})

    async def _let_go(self, targets: Sequence[_Target]) -> None:
        running = [each.running for each in targets if each.running is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        closed = await asyncio.gather(*(each.reading.close() for each in targets), return_exceptions=True)
        for failure in filter(None, closed):
            log.error("probe's target not closed", error=f"{type(failure).__name__}: {failure}")

    def own(self) -> Iterable[Family]:
        """What modules say of themselves, by module; the counters of one that was changed go on."""
        return [family for name in self._sources for family in self._own_of(name)]

    def _own_of(self, name: str) -> Iterable[Family]:
        return continued(self._sources[name].own(), self._said.get(name, ()))

    def _source(self, module: str) -> Source:
        if module not in self._sources:
            known = ", ".join(self._sources) or "none"
            raise Refused(400, "module", f"there is no module of this name; there are: {known}")
        return self._sources[module]

    async def _make_room(self) -> None:
        idle = [key for key, each in self._targets.items() if each.running is None]
        gone = [self._targets.pop(key) for key in idle[: max(0, len(self._targets) - KEPT)]]
        for each in gone:
            await each.reading.close()

    async def _run(self, module: str, name: str, found: _Target) -> Outcome:
        try:
            async with self._turns.setdefault(found.turn, asyncio.Semaphore(AT_ONCE)):
                found.outcome = await self._outcome(module, name, found.reading)
                return found.outcome
        finally:
            found.running = None
            if (module, name) in self._targets:
                self._targets.move_to_end((module, name))
            await self._make_room()

    async def _outcome(self, module: str, name: str, reading: Reading) -> Outcome:
        source, started = self._sources[module], monotonic()
        families: Sequence[Family] = ()
        try:
            async with asyncio.timeout(reading.timeout):
                collection = await reading.collect()
            families, error = collection.families, "; ".join(collection.problems)
        except CollectorError as failure:
            error = str(failure)
        except TimeoutError:
            error = f"no result within {reading.timeout:g} s"
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
            log.exception("probe broke", module=module, target=_shown(name))
        duration = monotonic() - started
        self._counts.probe(module, success=not error)
        if error:
            log.warning("probe failed", module=module, target=_shown(name), error=error)
        rendered = await worked(_rendered, families, success=not error, duration=duration)
        ended = monotonic()
        return Outcome(rendered, ended, (started if source.goes_on else ended) + source.cache)


def _shown(target: str) -> str:
    """What logs may hold: a query can carry a secret under any name."""
    return target.partition("?")[0]


def _rendered(families: Sequence[Family], *, success: bool, duration: float) -> Snapshot:
    own = (
        gauge("probe_success", "Whether the probe brought all it should.", float(success)),
        gauge("probe_duration_seconds", "How long the probe took.", duration),
    )
    return snapshot((part(merged([*families, *own]).families),), time())
