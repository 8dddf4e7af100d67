"""How old a point must be to be final: learnt per type and grain, by watching points until they stay as they
are.

Pure. Azure says nowhere how late its metrics are; it differs between types and over time. So a type of which
nothing is known waits the longest. Meanwhile also the points that are not yet settled are read, and the age
at which they last came or changed is kept: the wait falls to that and up to a minute, the nearer the more
points were watched, and rises at once when a point changes later than ever before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from exporters.azure.metrics.plan import Slot
from exporters.azure.metrics.points import Dimensions, Reading, Window
from exporters.configuration.endpoints import LONGEST_LAG_SECONDS

# Where a type begins, and what it never exceeds.
LONGEST_SECONDS = LONGEST_LAG_SECONDS
# So many points, watched from young to old, are enough for the last change seen to be the last there is. With
# half as many a minute more is waited, with a third two.
ENOUGH_POINTS = 480
# A point was watched that was first asked for at this age or younger (or within one reading, where they are
# rarer) and last at this age, or until it left the window.
YOUNG_SECONDS = 120
OLD_SECONDS = 600
# A change that nobody has seen for so long counts a minute less.
FORGET_SECONDS = 6 * 3600
# Watching a few resources per call is enough to see how late a type is, and costs little memory.
WATCHED_RESOURCES = 8
WATCHED_SERIES = 100
# After so many usual pauses without a reading, what changed in between was not watched.
_INTERRUPTED = 3.0
# A usual pause is the shortest of this long, and of as long before; shorter than these it never is.
_PAUSES_SECONDS = 1800.0
_LEAST_PAUSE_SECONDS = 60.0
_LONGEST_GRAIN_PAUSE_SECONDS = 300.0
# Cycles are that uneven.
_UNEVEN = 1.1


def settled(now: float, lag: int, step: int) -> int:
    """The end of the newest bucket of `step` seconds that is `lag` seconds old at `now` (Unix seconds)."""
    return int((now - lag) // step) * step


class Learnt(NamedTuple):
    """What is known of a type: the greatest age in seconds at which a point came or changed, and how many
    points were watched.
    """

    latest: float = 0.0
    watched: int = 0


@dataclass(slots=True)
class _Watch:
    """What was read of one resource: values by series and bucket. Unix seconds.

    `since` to `seen` is what was asked for, up to `settled` it was taken for final. `young` are the buckets
    that were there from the beginning. `unread` says up to where a reading failed to bring a metric.
    """

    since: int = 0
    seen: int = 0
    settled: int = 0
    read_at: float = 0.0
    young: set[int] = field(default_factory=set)
    unread: dict[str, int] = field(default_factory=dict)
    series: dict[tuple[str, str, Dimensions], dict[int, float]] = field(default_factory=dict)

    def fail(self, metrics: Collection[str], end: int) -> None:
        """A reading up to `end` came without these metrics: what the next one brings need not be new."""
        for each in metrics:
            self.unread[each] = end
        self.series = {place: known for place, known in self.series.items() if place[0] not in metrics}


@dataclass(slots=True)
class Lag:
    """The lag of one type in one grain, in seconds: never under `least`, never over `LONGEST_SECONDS`."""

    least: int
    learnt: Learnt = field(default_factory=Learnt)
    _confirmed: float = 0.0
    # When they began, and the shortest pause before that and since.
    _pauses: tuple[float, float, float] = (0.0, inf, inf)
    _watches: dict[Slot, dict[str, _Watch]] = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        """The age at which a point is taken for final."""
        if not self.learnt.watched:
            return LONGEST_SECONDS
        more = -(-ENOUGH_POINTS // self.learnt.watched)
        return max(self.least, min(LONGEST_SECONDS, (int(self.learnt.latest // 60) + more) * 60))

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
        pause = now - watch.read_at if watch.read_at else 0.0
        usual = self._usual_pause(pause, step, now)
        # Where a pause was longer than usual, a point changed after its beginning: no more is sure.
        by = min(now, watch.read_at + usual * _UNEVEN)
        watch.fail(failed, window.seen)
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
                if watch.since <= start and end <= watch.seen and known.get(start) != value:
                    self._changed(by - end, now)
                    late += end <= watch.settled
                known[start] = value
        if pause > usual * _INTERRUPTED:
            watch.young.clear()
        self._count(watch, window, step, now, max(YOUNG_SECONDS, usual))
        watch.read_at = now
        self._forget(now)
        return late

    def _usual_pause(self, pause: float, step: int, now: float) -> float:
        """Between two readings of a resource of this type, whichever; `pause` was one, 0 for none.

        Not the resource's own: where its subscription is often not answered, all of its pauses are long.
        """
        since, before, shortest = self._pauses
        if now - since > _PAUSES_SECONDS:
            since, before, shortest = now, shortest, inf
        shortest = min(shortest, pause or inf)
        self._pauses = (since, before, shortest)
        least = max(_LEAST_PAUSE_SECONDS, min(step, _LONGEST_GRAIN_PAUSE_SECONDS))
        known = min(before, shortest)
        return least if known == inf else max(least, known)

    def _count(self, watch: _Watch, window: Window, step: int, now: float, young: float) -> None:
        """Note which buckets are new and `young` at the most, count those that were watched long enough."""
        for start in range(max(window.start, watch.seen), window.seen, step):
            if now - (start + step) <= young:
                watch.young.add(start)
        watch.since = max(watch.since, window.start)
        watch.seen = max(watch.seen, window.seen)
        watch.settled = max(watch.settled, window.end)
        done = {each for each in watch.young if each < watch.since or now - (each + step) >= OLD_SECONDS}
        metrics = {
            (name, start) for (name, _, _), known in watch.series.items() for start in done & known.keys()
        }
        watch.young -= done
        if metrics:
            self.learnt = self.learnt._replace(watched=self.learnt.watched + len(metrics))
        watch.unread = {name: end for name, end in watch.unread.items() if end > watch.since}
        for known in watch.series.values():
            for start in [at for at in known if at < watch.since]:
                del known[start]

    def _changed(self, age: float, now: float) -> None:
        latest = self.learnt.latest
        if age >= latest // 60 * 60:
            self._confirmed = now
        if age > latest:
            self.learnt = self.learnt._replace(latest=min(float(LONGEST_SECONDS), age))

    def _forget(self, now: float) -> None:
        if not self._confirmed:
            self._confirmed = now
        if now - self._confirmed > FORGET_SECONDS:
            self.learnt = self.learnt._replace(latest=max(0.0, self.learnt.latest - 60))
            self._confirmed = now
