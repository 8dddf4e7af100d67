"""How old a point must be to be final: learnt per type and grain, by watching points until they stay as they
are.

Pure. Azure says nowhere how late its metrics are; it differs between types and over time. So a type of which
nothing is known waits the longest. Meanwhile also the points that are not yet settled are read. Each pair of
readings, one after the other, says of points of every age whether they changed in between: a reading that
the next one contradicts was wrong at its age, the others were right. The wait is what that makes sure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from exporters.azure.metrics.evidence import Evidence, together
from exporters.azure.metrics.plan import Slot
from exporters.azure.metrics.points import Dimensions, Reading, Window
from exporters.azure.metrics.wait import pooled

# Watching a few resources per call is enough to see how late a type is, and costs little memory.
WATCHED_RESOURCES = 8
WATCHED_SERIES = 100
# Where own readings are wrong at an age that much above what was learnt elsewhere, that is not true here.
REFUTED_SECONDS = 60


def settled(now: float, lag: int, step: int) -> int:
    """The end of the newest bucket of `step` seconds that is `lag` seconds old at `now` (Unix seconds)."""
    return int((now - lag) // step) * step


@dataclass(slots=True)
class _Watch:
    """What was read of one resource: values by series and bucket. Unix seconds.

    `since` to `seen` is what was asked for, up to `settled` it was taken for final. `unread` says up to where
    a reading failed to bring a metric.
    """

    since: int = 0
    seen: int = 0
    settled: int = 0
    read_at: float = 0.0
    unread: dict[str, int] = field(default_factory=dict)
    series: dict[tuple[str, str, Dimensions], dict[int, float]] = field(default_factory=dict)

    def fail(self, metrics: Collection[str], end: int) -> None:
        """A reading up to `end` came without these metrics: what the next one brings need not be new."""
        for each in metrics:
            self.unread[each] = end
        self.series = {place: known for place, known in self.series.items() if place[0] not in metrics}

    def close(self, window: Window, now: float) -> None:
        """Note what was asked for, and forget what no reading asks for any more."""
        self.since = max(self.since, window.start)
        self.seen = max(self.seen, window.seen)
        self.settled = max(self.settled, window.end)
        self.read_at = now
        self.unread = {name: end for name, end in self.unread.items() if end > self.since}
        for known in self.series.values():
            for start in [at for at in known if at < self.since]:
                del known[start]


@dataclass(slots=True)
class Lag:
    """The lag of one type in one grain, in seconds: never under `least`, never over the longest wait.

    `learnt` is what was seen of it, by region.
    """

    least: int
    learnt: dict[str, Evidence] = field(default_factory=dict)
    _siblings: tuple[int, ...] = ()
    _offered: Evidence | None = None
    _watches: dict[Slot, dict[str, _Watch]] = field(default_factory=dict)
    # 0 until it is worked out anew.
    _seconds: int = 0

    @property
    def seconds(self) -> int:
        """The age at which a point is taken for final."""
        if not self._seconds:
            own = together(self.learnt.values())
            wait = pooled(own, self._siblings)
            if self._offered is not None and own.wrong <= self._offered.wrong + REFUTED_SECONDS:
                wait = min(wait, pooled(together((own, self._offered)), self._siblings))
            self._seconds = max(self.least, wait)
        return self._seconds

    def share(self, siblings: Iterable[int], offered: Evidence | None) -> None:
        """Take up the waits of siblings in seconds, and what was learnt elsewhere."""
        self._siblings, self._offered, self._seconds = tuple(siblings), offered, 0

    def horizon(self, now: float, step: int) -> int:
        """The end of the newest bucket that is settled at `now` (Unix seconds)."""
        return settled(now, self.seconds, step)

    def claims(self, slot: Slot, resources: Iterable[str]) -> bool:
        """Whether one of these resources of a slot is watched, so that their unsettled buckets are to be read
        too. The first `WATCHED_RESOURCES` of a slot are.
        """
        watches = self._watches.setdefault(slot, {})
        claimed = False
        for resource in resources:
            if resource not in watches and len(watches) < WATCHED_RESOURCES:
                watches[resource] = _Watch()
            claimed = claimed or resource in watches
        return claimed

    def keep(self, slots: Collection[Slot], resources: Collection[str]) -> None:
        """Watch no longer what is gone: others take its place."""
        self._watches = {
            slot: {id: watch for id, watch in watches.items() if id in resources}
            for slot, watches in self._watches.items()
            if slot in slots
        }

    def watch(
        self,
        slot: Slot,
        resource: str,
        readings: Iterable[Reading],
        window: Window,
        now: float,
        failed: Collection[str] = (),
    ) -> int:
        """Compare readings with those before, learn from what changed; the number of points that changed
        after they were taken for final. Only of resources that are claimed.

        `now` is when they were asked for; `failed` are metrics that could not be read.
        """
        watch = self._watches.get(slot, {}).get(resource)
        if watch is None:
            return 0
        step = slot[0].step
        evidence = self.learnt.setdefault(slot[0].region, Evidence())
        watch.fail(failed, window.seen)
        stayed: set[tuple[str, int]] = set()
        late = 0
        for reading in readings:
            series = (reading.metric.definition.name, reading.aggregation, reading.dimensions)
            if series not in watch.series and len(watch.series) >= WATCHED_SERIES:
                continue
            known = watch.series.setdefault(series, {})
            unread = watch.unread.get(series[0], 0)
            for start, value in (*reading.points, *reading.ahead):
                end = start + step
                if end <= unread:
                    continue
                if watch.since <= start and end <= watch.seen:
                    if known.get(start) == value:
                        stayed.add((series[0], end))
                    else:
                        # Whenever it changed: when it was read before, it was wrong.
                        evidence.changed(watch.read_at - end, now)
                        late += end <= watch.settled
                known[start] = value
        ages = Counter(watch.read_at - end for _, end in stayed)
        evidence.watched(ages, now)
        self._seconds = 0
        watch.close(window, now)
        return late
