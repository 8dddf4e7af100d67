"""How old a point must be to be final: learnt per type from points that change after they were taken for
settled.

Pure. Azure says nowhere how late its metrics are; it differs between types and over time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from exporters.azure.endpoints import LONGEST_LAG_SECONDS
from exporters.azure.plan import Slot
from exporters.azure.points import Dimensions, Reading, Window

LONGEST_SECONDS = LONGEST_LAG_SECONDS
# Without late points the lag falls back by a minute after this long.
FORGET_SECONDS = 6 * 3600
# Watching a few resources per type is enough to see how late it is, and costs little memory.
WATCHED_RESOURCES = 8


@dataclass(slots=True)
class _Watch:
    """What was read of one resource: values by series and bucket, from `since` up to `until`."""

    since: int
    until: int
    series: dict[tuple[str, str, Dimensions], dict[int, float]] = field(default_factory=dict)


@dataclass(slots=True)
class Lag:
    """The lag of one type in seconds: never under `least`, never over `LONGEST_SECONDS`."""

    least: int
    seconds: int = 0
    _last_late: float = 0.0
    _watches: dict[Slot, dict[str, _Watch]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seconds = min(LONGEST_SECONDS, max(self.least, self.seconds))

    def horizon(self, now: float, step: int) -> int:
        """The end of the newest bucket that is settled at `now` (Unix seconds)."""
        return int((now - self.seconds) // step) * step

    def watch(
        self, slot: Slot, resource: str, readings: Iterable[Reading], window: Window, now: float
    ) -> int:
        """Compare readings with those of the cycles before, learn from what changed; the number of late
        points.

        Only the first `WATCHED_RESOURCES` resources of a slot are looked at.
        """
        step = slot[0].step
        watches = self._watches.setdefault(slot, {})
        watch = watches.get(resource)
        if watch is None:
            if len(watches) >= WATCHED_RESOURCES:
                return 0
            watch = watches[resource] = _Watch(window.start, window.start)
        late = 0
        for reading in readings:
            known = watch.series.setdefault(
                (reading.metric.definition.name, reading.aggregation, reading.dimensions), {}
            )
            for start, value in reading.points:
                read_before = watch.since <= start and start + step <= watch.until
                if read_before and known.get(start) != value:
                    late += 1
                    self._late(now - (start + step), now)
                known[start] = value
        watch.since, watch.until = max(watch.since, window.start), max(watch.until, window.end)
        for known in watch.series.values():
            for start in [at for at in known if at < watch.since]:
                del known[start]
        self._forget(now)
        return late

    def _late(self, age: float, now: float) -> None:
        self._last_late = now
        whole_minutes = int(-(-age // 60)) * 60
        self.seconds = min(LONGEST_SECONDS, max(self.seconds, whole_minutes))

    def _forget(self, now: float) -> None:
        if self._last_late and now - self._last_late > FORGET_SECONDS:
            self.seconds = max(self.least, self.seconds - 60)
            self._last_late = now
