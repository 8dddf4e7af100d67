"""Whether values come: one reading of a few resources of a type, what of it Azure refuses, and what it leaves
empty. It asks as the exporter does, of an hour that is settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from exporters.azure.calls.http import Client
from exporters.azure.calls.refusal import of_type, unexplained
from exporters.azure.discovery.resources import Resource
from exporters.azure.discovery.wanted import Wanted
from exporters.azure.errors import AzureError
from exporters.azure.metrics.isolation import LeftOut, read
from exporters.azure.metrics.plan import Batch, Group, batches, groups
from exporters.azure.metrics.points import Window, readings
from exporters.azure.metrics.routes import ROUTES, Route
from exporters.configuration.endpoints import Endpoints

# Long enough for every grain up to an hour to have a point.
WINDOW_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Silent:
    """A metric that no resource gave a value of. `whole`: without its split one did."""

    metric: Wanted
    resources: int
    whole: bool


@dataclass(slots=True)
class Values:
    """What came. `route` is the API that answered last, `errors` are calls that failed."""

    route: str = ""
    left_out: list[LeftOut] = field(default_factory=list)
    silent: list[Silent] = field(default_factory=list)
    errors: list[AzureError] = field(default_factory=list)


async def values(
    client: Client,
    endpoints: Endpoints,
    samples: Sequence[Resource],
    wanted: Sequence[Wanted],
    deadline: float,
    now: float,
) -> Values:
    """Read the metrics of these resources, all of one type, once. Never raises AzureError."""
    found = Values()
    end = int(now) // WINDOW_SECONDS * WINDOW_SECONDS
    for group in groups(samples, wanted):
        window = Window(end - max(WINDOW_SECONDS, group.key.step), end)
        await _Reading(client, endpoints, window, deadline, found).group(group)
    return found


@dataclass(slots=True)
class _Reading:
    """Of one group."""

    client: Client
    endpoints: Endpoints
    window: Window
    deadline: float
    found: Values
    heard: set[str] = field(default_factory=set)

    async def group(self, group: Group) -> None:
        """The metrics:getBatch API first, the resource's own where that is refused: those behind it tell no
        more of rights than these two.
        """
        errors: list[AzureError] = []
        for route in (ROUTES[0], ROUTES[-1]):
            before, self.found.left_out = self.found.left_out, []
            errors = await self._by(route, group)
            self.found.left_out = [*before, *self.found.left_out]
            if not any(of_type(each) or unexplained(each) for each in errors):
                break
        self.found.errors += errors
        if not errors:
            await self._silent(group)

    async def _by(self, route: Route, group: Group) -> list[AzureError]:
        async def send(piece: Batch) -> None:
            self.heard |= await self._heard(route, piece)

        errors: list[AzureError] = []
        for batch in batches(group, ids=route.ids):
            outcome = await read(batch, send, lone=route.ids == 1)
            self.found.left_out += outcome.left_out
            errors += [error for _, error in outcome.failed]
            errors += [error for _, error in outcome.refused if error.status != 404]
            if outcome.read:
                self.found.route = route.name
        return errors

    async def _heard(self, route: Route, piece: Batch) -> set[str]:
        call = route.call(piece, self.window.start, self.window.end, self.endpoints, self.deadline)
        items = route.decode(await self.client.send(call), piece)
        return {
            each.metric.definition.name
            for item in items
            for each in readings(item, piece, self.window).readings
        }

    async def _silent(self, group: Group) -> None:
        refused = {each.metric.definition.name for each in self.found.left_out}
        quiet = tuple(each for each in group.metrics if each.definition.name not in self.heard | refused)
        if not quiet:
            return
        whole: set[str] = set()
        if group.key.dimensions:
            route = next(each for each in ROUTES if each.name == self.found.route)
            unsplit = Group(
                group.key._replace(dimensions=()),
                group.resources,
                tuple(replace(each, dimensions=()) for each in quiet),
            )
            for batch in batches(unsplit, ids=route.ids):

                async def send(piece: Batch) -> None:
                    whole.update(await self._heard(route, piece))

                # What fails here says nothing of what is configured.
                await read(batch, send, lone=route.ids == 1)
        self.found.silent += [
            Silent(each, len(group.resources), each.definition.name in whole) for each in quiet
        ]
