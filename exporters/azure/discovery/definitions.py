"""What metrics a resource type has: read from Azure once a day, and held against what is configured.

Contract: https://learn.microsoft.com/rest/api/monitor/metric-definitions/list.
"""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import msgspec

from estate.model import AzureMetric, Grain
from estate.suggest import offer
from estate.tree import Path
from exporters.azure.calls.decode import decoded
from exporters.azure.calls.http import Call, Client, address
from exporters.azure.discovery.resources import Resource
from exporters.azure.discovery.selection import ALL, Selection, selection
from exporters.configuration.endpoints import Endpoints

_GRAINS: tuple[str, ...] = get_args(Grain)
AGGREGATIONS = ("Average", "Minimum", "Maximum", "Total", "Count")


@dataclass(frozen=True, slots=True)
class Definition:
    """One metric of a type. `dimensions` maps the lower-case name to Azure's spelling; empty sets mean not
    told.
    """

    name: str
    unit: str
    help: str
    primary: str
    aggregations: frozenset[str]
    grains: tuple[str, ...]
    dimensions: Mapping[str, str]
    dimension_required: bool


Definitions = Mapping[str, Definition]


@dataclass(slots=True)
class Types:
    """The definitions by lower-case type, and when (steady clock) each is due again. `changed` counts what
    was read; under a type's lock one reads for all.
    """

    known: dict[str, Definitions] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    changed: int = 0
    _locks: dict[str, Lock] = field(default_factory=dict)

    def lock(self, type: str) -> Lock:
        """The lock of a type."""
        return self._locks.setdefault(type, Lock())


class _Name(msgspec.Struct):
    value: str
    localized: str | None = msgspec.field(name="localizedValue", default=None)


class _Availability(msgspec.Struct):
    grain: str | None = msgspec.field(name="timeGrain", default=None)


class _Item(msgspec.Struct, rename="camel"):
    name: _Name
    unit: str = "Unspecified"
    display_description: str | None = None
    primary_aggregation_type: str | None = None
    supported_aggregation_types: list[str] | None = None
    metric_availabilities: list[_Availability] | None = None
    dimensions: list[_Name] | None = None
    is_dimension_required: bool | None = None


class _Page(msgspec.Struct):
    value: list[_Item]


def parse(body: bytes) -> Definitions:
    """Definitions by lower-case metric name. Raises BadReply."""
    return {item.name.value.lower(): _definition(item) for item in decoded(body, _Page, "definitions").value}


def _definition(item: _Item) -> Definition:
    localized = item.name.localized or item.name.value
    description = " ".join((item.display_description or localized).split())
    return Definition(
        item.name.value,
        item.unit,
        description,
        item.primary_aggregation_type if item.primary_aggregation_type in AGGREGATIONS else "Average",
        frozenset(each for each in item.supported_aggregation_types or () if each in AGGREGATIONS),
        tuple(each.grain for each in item.metric_availabilities or () if each.grain),
        {each.value.lower(): each.value for each in item.dimensions or ()},
        bool(item.is_dimension_required),
    )


async def fetch(client: Client, endpoints: Endpoints, resource: Resource, deadline: float) -> Definitions:
    """The definitions of one resource, which stand for those of its type. Raises AzureError."""
    url = address(
        endpoints.arm,
        f"{resource.id}/providers/Microsoft.Insights/metricDefinitions",
        **{"api-version": endpoints.api_versions.definitions},
    )
    call = Call("definitions", "GET", url, endpoints.arm_scope, deadline, resource.subscription)
    return parse(await client.send(call))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One metric to read: `definition` of `type`, with these aggregations, split by these dimensions."""

    type: str
    definition: Definition
    aggregations: tuple[str, ...]
    interval: str
    dimensions: tuple[str, ...]
    # The aggregation that the row names first, and the resources that it is narrowed to.
    first: str = ""
    only: Selection = ALL


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something configured that the type does not have; it is left out of every call. `path` is below the
    exporter's row; `fix` may be empty.
    """

    code: Literal["metric", "aggregation", "interval", "dimension"]
    type: str
    metric: str
    message: str
    fix: str = ""
    path: Path = ()


def mismatches(
    rows: Iterable[AzureMetric], definitions: Mapping[str, Definitions], prefix: Path = ()
) -> tuple[Mismatch, ...]:
    """What the rows ask for that the types do not have, before any data call. Pure.

    `definitions` is by lower-case type (`parse` and `fetch` give one type's); a type that is not in it is not
    judged. `prefix` is where the exporter's row stands, such as ("exporters", "azure-platform").
    """
    return tuple(replace(each, path=(*prefix, *each.path)) for each in wanted(rows, definitions)[1])


def wanted(
    rows: Iterable[AzureMetric], definitions: Mapping[str, Definitions]
) -> tuple[list[Wanted], list[Mismatch]]:
    """What of the configuration can be read, and what cannot and why. Pure.

    `definitions` is by lower-case type; rows of a type that is not in it are left out without a word, for
    the caller knows why.
    """
    good: list[Wanted] = []
    bad: list[Mismatch] = []
    for index, row in enumerate(rows):
        of_type = definitions.get(row.type.lower())
        if of_type is None:
            continue
        for place, name in enumerate(row.names):
            definition = of_type.get(name.lower())
            at: Path = ("metrics", index, "names", place)
            if definition is None:
                known = [each.name for each in of_type.values()]
                message = f"{row.type} has no metric {name!r}"
                fix = offer(name, known, "see the type's page in Azure's list of supported metrics")
                bad.append(Mismatch("metric", row.type, name, message, fix, at))
                continue
            found = _mismatches(row, definition, index, at)
            bad.extend(found)
            if not found:
                good.append(_wanted(row, definition))
    return good, bad


def _wanted(row: AzureMetric, definition: Definition) -> Wanted:
    aggregations = tuple(dict.fromkeys(row.aggregations)) or (definition.primary,)
    dimensions = tuple(definition.dimensions[each.lower()] for each in dict.fromkeys(row.dimensions))
    return Wanted(
        row.type.lower(),
        definition,
        tuple(sorted(aggregations)),
        row.interval,
        dimensions,
        aggregations[0],
        selection(row.select, row.exclude),
    )


def _mismatches(row: AzureMetric, definition: Definition, index: int, at: Path) -> list[Mismatch]:
    name = definition.name
    found: list[Mismatch] = []

    def say(
        code: Literal["aggregation", "interval", "dimension"],
        wrong: str,
        allowed: Sequence[str],
        *key: str | int,
    ) -> None:
        message = f"{name!r} of {row.type} has no {code} {wrong!r}"
        fix = offer(wrong, allowed, f"remove the {code}")
        found.append(Mismatch(code, row.type, name, message, fix, ("metrics", index, *key)))

    legal = [each for each in AGGREGATIONS if each in definition.aggregations]
    for place, aggregation in enumerate(row.aggregations):
        if legal and aggregation not in legal:
            say("aggregation", aggregation, legal, "aggregations", place)
    if definition.grains and row.interval not in definition.grains:
        # The next longer grain says the same thing less often; a shorter one may not be there at all.
        longer = [each for each in _GRAINS[_GRAINS.index(row.interval) :] if each in definition.grains]
        message = f"{name!r} of {row.type} has no interval {row.interval!r}"
        fix = f"write {(longer or definition.grains)[0]}"
        found.append(Mismatch("interval", row.type, name, message, fix, ("metrics", index, "interval")))
    for place, dimension in enumerate(row.dimensions):
        if dimension.lower() not in definition.dimensions:
            say("dimension", dimension, sorted(definition.dimensions.values()), "dimensions", place)
    if definition.dimension_required and not row.dimensions:
        allowed = ", ".join(sorted(definition.dimensions.values()))
        message = f"{name!r} of {row.type} gives nothing without a dimension"
        found.append(Mismatch("dimension", row.type, name, message, f"split it by one of {allowed}", at))
    return found
