"""What metrics a resource type has, by kind and SKU: read from Azure once a day.

Contract: https://learn.microsoft.com/rest/api/monitor/metric-definitions/list.
"""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from estate.series_labels import words
from exporters.azure.calls.decode import decoded
from exporters.azure.calls.http import Call, Client, address
from exporters.azure.discovery.resources import Resource, Variant
from exporters.configuration.endpoints import Endpoints

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


# By lower-case metric name.
Definitions = Mapping[str, Definition]
# What each variant of a type has.
Variants = Mapping[Variant, Definitions]


@dataclass(slots=True)
class Types:
    """The definitions by lower-case type and variant, and when (steady clock) each is due again. `changed`
    counts what was read; under a type's lock one reads for all.
    """

    known: dict[str, dict[Variant, Definitions]] = field(default_factory=dict)
    due: dict[tuple[str, Variant], float] = field(default_factory=dict)
    changed: int = 0
    _locks: dict[str, Lock] = field(default_factory=dict)
    # How a dimension of a type is spelt, by lower-case names.
    _spelt: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, type: str, variant: Variant, found: Definitions) -> None:
        """Take in what was read. A dimension is spelt alike in all variants and on all days: as the spelling
        with the most words has it, for its name becomes a label's.
        """
        for definition in found.values():
            for key, spelling in definition.dimensions.items():
                known = self._spelt.get((type, key), spelling)
                self._spelt[type, key] = max(known, spelling, key=lambda each: (len(words(each)), each))
        self.known.setdefault(type, {})[variant] = found
        self.known[type] = {
            each: {name: self._respelt(type, one) for name, one in of_variant.items()}
            for each, of_variant in self.known[type].items()
        }
        self.changed += 1

    def _respelt(self, type: str, one: Definition) -> Definition:
        spelt = {key: self._spelt[type, key] for key in one.dimensions}
        return one if spelt == one.dimensions else replace(one, dimensions=spelt)

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
    """The definitions of one resource, which stand for those of its variant. Raises AzureError."""
    url = address(
        endpoints.arm,
        f"{resource.id}/providers/Microsoft.Insights/metricDefinitions",
        **{"api-version": endpoints.api_versions.definitions},
    )
    call = Call("definitions", "GET", url, endpoints.arm_scope, deadline, resource.subscription)
    return parse(await client.send(call))
