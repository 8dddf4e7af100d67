"""Runs one collector on its interval. The one place where an error becomes `success 0` and a duration."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from time import monotonic, time

import structlog

from exporters.collector import Collection, Collector, CollectorError, keep_seconds
from exporters.exposition.metrics import Family
from exporters.running.carried import continued

# A cancelled collector gets this long to leave; after it, the cycle goes on without it.
GRACE_SECONDS = 1.0
# Until the first success a failed cycle is repeated sooner than its interval.
FIRST_RETRY_SECONDS = 2.0
# Cycles of many exporters must not run in step.
JITTER = 0.05

log = structlog.get_logger()


@dataclass(slots=True)
class Status:
    """How a collector fares. Times are Unix seconds, 0 for never; `success` is None before the first cycle
    ends. `unserved` are the metrics that it brought and that are not on the page, because another one is
    there by that name.
    """

    success: bool | None = None
    last_success: float = 0.0
    data_time: float = 0.0
    ended: float = 0.0
    duration: float = 0.0
    series: int = 0
    cycles: int = 0
    failures: int = 0
    error: str = ""
    unserved: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether the last cycle brought all it should, and all of that is served."""
        return bool(self.success) and not self.unserved

    @property
    def trouble(self) -> str:
        """What is wrong, in a sentence, or nothing."""
        names = ", ".join(self.unserved)
        left_out = f"left out, as their names are taken: {names}" if names else ""
        return "; ".join(filter(None, (self.error, left_out)))


class Cycle:
    """One collector, its status and the families that it last brought.

    It stands in for the cycle `before` it, of the same row as it was: what that one brought and said is shown
    until there is something to take its place.
    """

    def __init__(
        self, collector: Collector, changed: Callable[[], None], before: Cycle | None = None
    ) -> None:
        self.collector = collector
        self.status: Status = Status() if before is None else replace(before.status)
        self._changed = changed
        self._families: Sequence[Family] = () if before is None else before._families
        self._said: Sequence[Family] = () if before is None else tuple(before.own())
        self._inherits = before is not None
        self._ended = 0
        self._failed = 0
        self._succeeded = False
        self._running: asyncio.Task[Collection] | None = None

    async def run(self) -> None:
        """Collect for ever; ends when cancelled."""
        while True:
            started = monotonic()
            await self.once()
            await asyncio.sleep(max(0.0, self._pause() - (monotonic() - started)))

    async def once(self) -> None:
        """One cycle. Never raises but for its own cancellation."""
        started = monotonic()
        collection: Collection | None = None
        error = ""
        try:
            collection = await self._bounded()
            error = "; ".join(collection.problems)
        except CollectorError as failure:
            error = str(failure)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
            log.exception("collector broke", collector=self.collector.name, exporter=self.collector.exporter)
        self._record(collection, error, monotonic() - started)

    def families(self) -> Sequence[Family]:
        """What is served now: the last values, or nothing once they are older than `keep_seconds`."""
        if time() - self.status.data_time > keep_seconds(self.collector.interval):
            self._families = ()
            self.status.series = 0
        return self._families

    def own(self) -> Iterable[Family]:
        """What the collector says about itself; its counters go on from those of the one before it."""
        if self._said and not self._ended:
            return self._said
        return continued(self.collector.own(), self._said)

    async def close(self) -> None:
        """Stop what still runs and free what the collector holds."""
        if self._running is not None and not self._running.done():
            self._running.cancel()
            await asyncio.wait({self._running}, timeout=GRACE_SECONDS)
        await self.collector.close()

    async def _bounded(self) -> Collection:
        if self._running is not None and not self._running.done():
            raise CollectorError("the cycle before this one was cancelled and has not ended yet")
        task = self._running = asyncio.create_task(self.collector.collect())
        try:
            await asyncio.wait({task}, timeout=self.collector.timeout)
        finally:
            if not task.done():
                task.cancel()
        if not task.done():
            await asyncio.wait({task}, timeout=GRACE_SECONDS)
            raise CollectorError(f"no result within {self.collector.timeout:g} s")
        if task.cancelled():
            raise CollectorError("the collector cancelled itself")
        return task.result()

    def _record(self, collection: Collection | None, error: str, duration: float) -> None:
        status = self.status
        status.cycles += 1
        status.ended = time()
        status.duration = duration
        status.success = not error
        status.error = error
        trouble = status.trouble
        self._ended += 1
        if collection is not None and self._takes_over(collection, error):
            self._inherits = False
            self._families = collection.families
            status.data_time = time()
            status.series = sum(len(family.samples) for family in collection.families)
        if trouble:
            status.failures += 1
            self._failed += 1
            log.warning(
                "collection failed",
                collector=self.collector.name,
                exporter=self.collector.exporter,
                error=trouble,
                seconds=round(duration, 3),
            )
        else:
            status.last_success = time()
            self._succeeded = True
            log.debug(
                "collected",
                collector=self.collector.name,
                exporter=self.collector.exporter,
                series=status.series,
                seconds=round(duration, 3),
            )
        self._changed()

    def _takes_over(self, collection: Collection, error: str) -> bool:
        """Whether values are shown in place of those before: what the row brought as it was stays until it
        brings all it should as it is, or is too old.
        """
        if not self._inherits or not self.families():
            return True
        return not error and any(family.samples for family in collection.families)

    def _pause(self) -> float:
        """Seconds from the start of this cycle to the start of the next."""
        interval = self.collector.interval
        if not self._succeeded:
            interval = min(interval, FIRST_RETRY_SECONDS * 2 ** min(self._failed, 10))
        return interval * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
