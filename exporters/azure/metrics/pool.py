"""The lags of all types and grains of an exporter, and what they know of one another.

Pure. Types of one provider that are read in the same grain and in all the same regions are siblings: their
waits count as evidence (see `wait.pooled`). What another exporter has learnt is worth as much as it is fresh,
and half as much in another region.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from exporters.azure.metrics.evidence import Evidence, evenly, together
from exporters.azure.metrics.lag import Lag
from exporters.azure.metrics.plan import Key, Slot
from exporters.azure.metrics.wait import ENOUGH_POINTS, known

# After so many days what was learnt elsewhere is worth half.
HALF_DAYS = 30.0
_DAY = 86_400.0
# Type and grain.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What another exporter has learnt of a type in a region: `wrong` is the greatest age in seconds at which
    a reading was not final, `points` how many were right, `until` (Unix seconds) when.
    """

    type: str
    region: str
    interval: str
    wrong: float
    points: int
    until: float

    def worth(self, region: str, now: float) -> int:
        """As how many points it counts in a region at `now` (Unix seconds)."""
        days = max(0.0, now - self.until) / _DAY
        near = 1.0 if region == self.region else 0.5
        return int(min(self.points, ENOUGH_POINTS) * near * 0.5 ** (days / HALF_DAYS))


def provider(type: str) -> str:
    """The resource provider of a type, as it is spelt there."""
    return type.partition("/")[0]


class Pool:
    """Lags by type and grain. `least` is the shortest wait in seconds."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._lags: dict[Place, Lag] = {}
        self._offers: dict[Place, list[Offer]] = {}
        self._offered_at = 0.0

    def restore(
        self,
        learnt: Mapping[Place, Mapping[str, Evidence]],
        offers: Iterable[Offer] = (),
        now: float = 0.0,
    ) -> None:
        """Take up what an earlier process had learnt, and what others offer at `now` (Unix seconds)."""
        self._lags = {place: Lag(self._least, dict(each)) for place, each in learnt.items()}
        self._offers, self._offered_at = {}, now
        for offer in offers:
            self._offers.setdefault((offer.type, offer.interval), []).append(offer)
        self.share()

    def lag(self, key: Key) -> Lag:
        """The lag of a key's type and grain."""
        place = (key.type, key.interval)
        lag = self._lags.setdefault(place, Lag(self._least))
        if key.region not in lag.learnt:
            lag.learnt[key.region] = Evidence()
            self._share(place, lag)
        return lag

    def seconds(self) -> dict[Place, int]:
        """The lag of each type and grain."""
        return {place: lag.seconds for place, lag in self._lags.items()}

    def learnt(self) -> dict[Place, dict[str, Evidence]]:
        """What was seen of each type and grain, by region."""
        return {place: lag.learnt for place, lag in self._lags.items()}

    def keep(self, slots: Collection[Slot], resources: Collection[str]) -> None:
        """Watch no longer what is gone."""
        for lag in self._lags.values():
            lag.keep(slots, resources)

    def share(self) -> None:
        """Let each know what its siblings know by now."""
        for place, lag in self._lags.items():
            self._share(place, lag)

    def _share(self, place: Place, lag: Lag) -> None:
        type, interval = place
        regions = lag.learnt.keys()
        waits = [
            wait
            for other, each in self._lags.items()
            if other != place and other[1] == interval and provider(other[0]) == provider(type)
            if all(region in each.learnt and each.learnt[region].until for region in regions)
            if (wait := known(together(each.learnt[region] for region in regions))) is not None
        ]
        lag.share(waits, self._offered(place, regions))

    def _offered(self, place: Place, regions: Collection[str]) -> Evidence | None:
        """What is offered for all of these regions: of each region the best, of the regions the worst."""
        offers = self._offers.get(place)
        if not offers:
            return None
        best = {
            region: max(offers, key=lambda each: (each.worth(region, self._offered_at), each.wrong))
            for region in regions
        }
        worths = [each.worth(region, self._offered_at) for region, each in best.items()]
        worth = min(worths, default=0)
        return evenly(max(each.wrong for each in best.values()), worth) if worth else None
