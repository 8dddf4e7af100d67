"""Which batch calls read what is wanted. Pure, and minimal: per group ceil(resources / 50) x ceil(metrics /
20).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from exporters.azure.discovery.resources import Resource, Variant
from exporters.azure.discovery.selection import Selection
from exporters.azure.discovery.wanted import Wanted
from exporters.configuration.grains import GRAIN_SECONDS

# https://learn.microsoft.com/azure/azure-monitor/metrics/migrate-to-batch-api: 50 ids; 20 names, as the
# single API has it.
IDS_PER_CALL = 50
NAMES_PER_CALL = 20
# "Cannot request more than 500000 time series per query."
SERIES_PER_CALL = 500_000
# The default of 10 series per metric and resource would cut in silence.
LEAST_TOP = 10


class Key(NamedTuple):
    """What all resources and metrics of one call have in common."""

    subscription: str
    region: str
    type: str
    interval: str
    aggregations: tuple[str, ...]
    dimensions: tuple[str, ...]
    # Which resources of the type, where a row narrows them; empty for all.
    only: str = ""
    # Which of those, where some lack a metric that others have; empty where all have all.
    variant: str = ""

    @property
    def step(self) -> int:
        """Length of a bucket in seconds."""
        return GRAIN_SECONDS[self.interval]


# A key, and the first metric of a call under it.
Slot = tuple[Key, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Resources and metrics under one key. Metrics are by canonical name, in order."""

    key: Key
    resources: tuple[Resource, ...]
    metrics: tuple[Wanted, ...]

    @property
    def calls(self) -> int:
        """How many batch calls it takes."""
        return self.calls_of(IDS_PER_CALL)

    def calls_of(self, ids: int) -> int:
        """How many calls it takes where one may name so many resources."""
        return -(-len(self.resources) // ids) * -(-len(self.metrics) // NAMES_PER_CALL)


@dataclass(frozen=True, slots=True)
class Batch:
    """One call of a group."""

    key: Key
    resources: tuple[Resource, ...]
    metrics: tuple[Wanted, ...]
    # The first metric of the whole call, where this is a part of one.
    first: str = ""

    @property
    def slot(self) -> Slot:
        """What stays the same whatever is left out of a call, and from cycle to cycle."""
        return (self.key, self.first or self.metrics[0].definition.name)

    @property
    def top(self) -> int:
        """Series per metric and resource to ask for: as many as one call may return."""
        return max(LEAST_TOP, SERIES_PER_CALL // (len(self.resources) * len(self.metrics)))

    def halves(self) -> tuple[Batch, Batch]:
        """The same call for the first and the second half of its resources. Needs two or more."""
        middle = len(self.resources) // 2
        return self.of_resources(self.resources[:middle]), self.of_resources(self.resources[middle:])

    def of_resources(self, resources: tuple[Resource, ...]) -> Batch:
        """The same call for some of its resources."""
        return replace(self, resources=resources, first=self.slot[1])

    def of_metrics(self, metrics: tuple[Wanted, ...]) -> Batch:
        """The same call for some of its metrics."""
        return replace(self, metrics=metrics, first=self.slot[1])


def groups(resources: Iterable[Resource], wanted: Sequence[Wanted]) -> list[Group]:
    """Everything that is wanted, grouped so that the fewest calls read it; in a stable order.

    Variants of a type are told apart only where they differ in what is wanted of them: each group is of
    resources that have all of its metrics.
    """
    by_type: dict[str, list[Resource]] = {}
    for resource in resources:
        by_type.setdefault(resource.type, []).append(resource)
    metrics: dict[tuple[str, str, tuple[str, ...], tuple[str, ...], Selection], list[Wanted]] = {}
    for each in wanted:
        shape = (each.type, each.interval, each.aggregations, each.dimensions, each.only)
        metrics.setdefault(shape, []).append(each)
    out: list[Group] = []
    for (type, interval, aggregations, dimensions, only), of_shape in metrics.items():
        had: dict[Variant, tuple[str, tuple[Wanted, ...]]] = {}
        places: dict[tuple[str, str, str], tuple[tuple[Wanted, ...], list[Resource]]] = {}
        for resource in by_type.get(type, ()):
            if resource.variant not in had:
                had[resource.variant] = _had(resource, of_shape)
            variant, there = had[resource.variant]
            if there and only.takes(resource):
                place = (resource.subscription, resource.region, variant)
                places.setdefault(place, (there, []))[1].append(resource)
        for (subscription, region, variant), (there, some) in places.items():
            key = Key(subscription, region, type, interval, aggregations, dimensions, str(only), variant)
            out.append(Group(key, tuple(sorted(some, key=lambda one: one.id)), there))
    return sorted(out, key=lambda group: group.key)


def _had(resource: Resource, of_shape: Iterable[Wanted]) -> tuple[str, tuple[Wanted, ...]]:
    """What resources like this one lack, as a name, and the metrics that they have: each once, in order."""
    there: dict[str, Wanted] = {}
    lacking: list[str] = []
    for each in of_shape:
        if each.where.takes(resource):
            there.setdefault(each.definition.name, each)
        else:
            lacking.append(f"{each.definition.name} of {each.where}")
    return "; ".join(sorted(lacking)), tuple(there[name] for name in sorted(there))


def batches(
    group: Group,
    without: Collection[str] = (),
    ids: int = IDS_PER_CALL,
    alike: Mapping[str, tuple[str, ...]] | None = None,
) -> Iterator[Batch]:
    """The calls of a group, each for so many resources; those whose id is in `without` are left out. Those
    of which `alike` says the same are together.
    """
    resources = [each for each in group.resources if each.id not in without]
    if alike:
        resources.sort(key=lambda each: alike.get(each.id, ()))
    for first in range(0, len(resources), ids):
        for start in range(0, len(group.metrics), NAMES_PER_CALL):
            yield Batch(
                group.key,
                tuple(resources[first : first + ids]),
                group.metrics[start : start + NAMES_PER_CALL],
            )
