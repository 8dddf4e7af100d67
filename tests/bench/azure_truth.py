"""Whether what was shown is true: the simulator's own functions, asked without a server."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from simulators.azure import fleetfile
from simulators.azure.truth import Series, value
from simulators.azure.world import World
from tests.processes.azure_fleet import HALVES, METRICS, TYPE, Size, fleet


class Truth:
    """The settled values of a fleet."""

    def __init__(self, size: Size) -> None:
        inventory = World(fleetfile.parse(fleet(size), "fleet")).inventory
        self._resources = inventory.resources
        kind = inventory.types[TYPE.lower()]
        # Azure's unit of each metric.
        self.units = {name: kind.metrics[name.lower()].unit for name in METRICS}
        self._series = cache(self._of)

    @property
    def ids(self) -> tuple[str, ...]:
        """All resources."""
        return tuple(each.id for each in self._resources.values())

    def expected(self) -> set[tuple[str, str, str]]:
        """Resource, metric and aggregation of all that should be shown, in lower case."""
        return {
            (id.lower(), metric.lower(), kind.lower())
            for id in self.ids
            for half, kind in HALVES.items()
            if f"/{half}-" in id
            for metric in METRICS
        }

    def value(self, resource: str, metric: str, kind: str, minute: int, minutes: int = 1) -> float | None:
        """What Azure shows for good of the minutes from `minute` (Unix time / 60); None for no datum."""
        return value(self._series(resource.lower(), metric.lower()), kind.lower(), minute, minutes)

    def wrong(self, shown: Iterable[tuple[str, str, str, int, float]]) -> int:
        """How many of (resource, metric, aggregation, minute, value) are not what they are in the end."""
        return sum(
            self.value(resource, metric, kind, minute) != found
            for resource, metric, kind, minute, found in shown
        )

    def _of(self, resource: str, metric: str) -> Series:
        one = self._resources["/" + resource.strip("/")]
        return one.series(one.type.metrics[metric])
