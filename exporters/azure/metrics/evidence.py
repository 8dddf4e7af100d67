"""What is known of how late a type is in one region: readings that were wrong, and readings that were right.

Pure. A reading of a point is wrong when a later one says something else. Of the wrong readings the oldest
matters, of the right ones how many there were at which age: a wait is as sure as there are right readings
between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exporters.configuration.endpoints import LONGEST_LAG_SECONDS

# Ages are counted in bins of this length, up to the longest wait.
BIN_SECONDS = 10
BINS = LONGEST_LAG_SECONDS // BIN_SECONDS
# A wrong reading without its like for so long, and in so many right ones, counts a minute less.
FORGET_SECONDS = 6 * 3600
FORGET_POINTS = 480
# What comes late comes late together: of one minute no more points count. So it takes ten minutes until there
# are enough, however many there are.
TOGETHER_POINTS = 48
_MINUTE = 60


def _none() -> list[int]:
    return [0] * BINS


@dataclass(slots=True)
class Evidence:
    """`wrong` is the greatest age in seconds at which a reading was not final; `right` counts, by age in bins
    of `BIN_SECONDS`, readings that stayed as they were. It was gathered from `since` to `until` (Unix
    seconds).
    """

    wrong: float = 0.0
    right: list[int] = field(default_factory=_none)
    since: float = 0.0
    until: float = 0.0
    # When a reading was last as late as that, and what was right since.
    _confirmed: float = 0.0
    _fresh: list[int] = field(default_factory=_none)
    _minute: int = 0
    _room: int = 0

    def changed(self, age: float, now: float) -> None:
        """A reading at this age (seconds) was wrong, as one at `now` (Unix seconds) says."""
        if age >= self.wrong - _MINUTE:
            self._confirmed = now
            self._fresh = _none()
        self.wrong = min(float(LONGEST_LAG_SECONDS), max(self.wrong, age))

    def watched(self, stayed: Mapping[float, int], now: float) -> None:
        """A reading at `now` (Unix seconds) says that of those before so many, by their age in seconds, were
        right. What has not been seen again for long is forgotten.
        """
        minute = int(now // _MINUTE)
        if minute != self._minute:
            self._minute, self._room = minute, TOGETHER_POINTS
        most = min(self._room, max(stayed.values(), default=0))
        self._room -= most
        for age, points in stayed.items():
            if 0 <= age < LONGEST_LAG_SECONDS:
                place = int(age // BIN_SECONDS)
                self.right[place] += min(points, most)
                self._fresh[place] += min(points, most)
        self.since = self.since or now
        self.until = max(self.until, now)
        self._confirmed = self._confirmed or now
        if now - self._confirmed > FORGET_SECONDS and self._sure(self.wrong - _MINUTE):
            # Below what was wrong until now, only what was right since is known to be.
            turn = _after(self.wrong)
            self.right = self._fresh[:turn] + self.right[turn:]
            self.wrong = max(0.0, self.wrong - _MINUTE)
            self._confirmed, self._fresh = now, _none()

    def _sure(self, age: float) -> bool:
        first = _after(age)
        return sum(self._fresh[first : first + _MINUTE // BIN_SECONDS]) >= FORGET_POINTS

    @property
    def points(self) -> int:
        """How many points were right within the minute after the oldest wrong reading."""
        first = _after(self.wrong)
        return sum(self.right[first : first + _MINUTE // BIN_SECONDS])


def _after(age: float) -> int:
    """The first bin whose readings are all older than `age`."""
    return max(0, int(age // BIN_SECONDS) + 1)


def together(parts: Iterable[Evidence]) -> Evidence:
    """Several as one: the oldest wrong reading of all, and all that were right."""
    out = Evidence()
    for each in parts:
        out.wrong = max(out.wrong, each.wrong)
        out.right = [a + b for a, b in zip(out.right, each.right, strict=True)]
        out.since = min(filter(None, (out.since, each.since)), default=0.0)
        out.until = max(out.until, each.until)
    return out


def evenly(wrong: float, points: int, since: float = 0.0, until: float = 0.0) -> Evidence:
    """So many points, of which it is not known when within a minute they were read."""
    return Evidence(wrong, [points * BIN_SECONDS // _MINUTE] * BINS, since, until)
