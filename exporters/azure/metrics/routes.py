"""The ways to a metric, best first, and which of them a type in a region is known to refuse.

metrics:getBatch takes 50 resources a call, the subscription's own API all of a region but not every type, the
resource's own API one. Azure publishes no list of what takes which, so a refusal is learnt from the reply and
remembered for a day: Azure adds types. Rights are never gone around: a 401 or 403 is said and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from exporters.azure.calls.http import Call
from exporters.azure.metrics import batch, single
from exporters.azure.metrics.batch import Item
from exporters.azure.metrics.plan import IDS_PER_CALL, Batch, Key
from exporters.configuration.endpoints import Endpoints

REMEMBER_SECONDS = 86_400.0
# A refusal that is not understood, where another route then answered.
DOUBT_SECONDS = 900.0
RouteName = Literal["batch", "subscription", "resource"]


@dataclass(frozen=True, slots=True)
class Route:
    """One API: how it is asked for a batch and read, how many resources a call may name, and whether a
    smaller batch can single out a bad id.
    """

    name: RouteName
    ids: int
    splits: bool
    call: Callable[[Batch, int, int, Endpoints, float], Call]
    decode: Callable[[bytes, Batch], list[Item]]


ROUTES = (
    Route("batch", IDS_PER_CALL, True, batch.call, lambda body, _: batch.decode(body)),
    Route("subscription", 1_000_000, False, single.of_subscription, single.decode_subscription),
    Route("resource", 1, True, single.of_resource, single.decode_resource),
)

# (type, region, route)
Place = tuple[str, str, str]


@dataclass(slots=True)
class Refusals:
    """What was refused, until when (Unix seconds), and the routes that have answered, `proven`."""

    until: dict[Place, float] = field(default_factory=dict)
    proven: set[Place] = field(default_factory=set)

    def route(self, key: Key, now: float) -> Route:
        """The best route that is not known to be refused; the last one when all are."""
        open_ = (each for each in ROUTES if self.until.get((key.type, key.region, each.name), 0.0) <= now)
        return next(open_, ROUTES[-1])

    def learn(self, key: Key, route: Route, now: float, seconds: float = REMEMBER_SECONDS) -> bool:
        """Remember a refusal; False where there is no other route to try."""
        if route is ROUTES[-1]:
            return False
        self.until[key.type, key.region, route.name] = now + seconds
        return True

    def forget(self, key: Key, route: Route) -> None:
        """It was not the route."""
        self.until.pop((key.type, key.region, route.name), None)

    def current(self, now: float) -> Mapping[Place, float]:
        """Refusals in force; also forgets the others."""
        self.until = {place: until for place, until in self.until.items() if until > now}
        return dict(self.until)
