"""What Azure Monitor knows of a resource type: its metrics with units, aggregations, dimensions and grains.

The table is `metrics.json` beside this file; its sources and licences are named in it, type by type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import msgspec

from simulators.azure.intervals import GRAINS

# Sub-resources that have metrics but are in no listing; the path below their parent.
UNLISTED = {
    f"microsoft.storage/storageaccounts/{service.lower()}": f"{service}/default"
    for service in ("blobServices", "fileServices", "queueServices", "tableServices")
}
# Kinds of parents that have only some of them.
SERVICES_OF_KIND = {
    "blobstorage": ("blobServices",),
    "blockblobstorage": ("blobServices",),
    "filestorage": ("fileServices",),
}


class MetricRow(msgspec.Struct, rename="camel", frozen=True):
    """A metric as `metrics.json` and a fleet's own `types` write it."""

    name: str
    unit: str
    aggregations: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    grains: tuple[str, ...] = ()
    primary: str = ""
    dimension_required: bool = False
    deprecated: bool = False


class TypeRow(msgspec.Struct, rename="camel", frozen=True):
    """A resource type as `metrics.json` writes it."""

    type: str
    metrics: tuple[MetricRow, ...]
    source: Mapping[str, str] = {}
    grains: tuple[str, ...] = ("PT1M",)
    note: str = ""


class Table(msgspec.Struct, frozen=True):
    """The whole of `metrics.json`."""

    about: str
    types: tuple[TypeRow, ...]


@dataclass(frozen=True)
class Metric:
    """One metric of a type. `grains` are the intervals it can be asked in, smallest first."""

    name: str
    unit: str
    aggregations: tuple[str, ...]
    dimensions: tuple[str, ...]
    grains: tuple[str, ...]
    primary: str
    dimension_required: bool

    @cached_property
    def key(self) -> str:
        """The name in lower case: metric names are compared without case."""
        return self.name.lower()

    @cached_property
    def every(self) -> int:
        """Minutes between two data of this metric, which is its smallest grain."""
        return GRAINS[self.grains[0]]

    @cached_property
    def supported(self) -> frozenset[str]:
        """Supported aggregations in lower case, without `none`."""
        return frozenset(name.lower() for name in self.aggregations) - {"none"}

    @cached_property
    def dimension_keys(self) -> tuple[str, ...]:
        """Dimension names in lower case."""
        return tuple(name.lower() for name in self.dimensions)


@dataclass(frozen=True)
class ResourceType:
    """A resource type and its metrics by lower-case name, in the order of the table."""

    name: str
    metrics: Mapping[str, Metric]

    @cached_property
    def key(self) -> str:
        """The type in lower case: types are compared without case."""
        return self.name.lower()

    @cached_property
    def provider(self) -> str:
        """`Microsoft.Compute` of `Microsoft.Compute/virtualMachines`."""
        return self.name.split("/")[0]

    @cached_property
    def short(self) -> str:
        """`virtualMachines` of `Microsoft.Compute/virtualMachines`."""
        return self.name.split("/", 1)[1]

    @cached_property
    def unlisted(self) -> str:
        """Path below the parent resource for a type that no listing shows, else empty."""
        return UNLISTED.get(self.key, "")

    def belongs_to(self, kind: str, sku: str) -> bool:
        """Whether a parent of this kind and SKU has it: what is premium and of no special kind has page
        blobs alone.
        """
        others = ("blobServices",) if sku.lower().startswith("premium") else None
        services = SERVICES_OF_KIND.get(kind.lower(), others)
        return services is None or self.unlisted.split("/")[0] in services


def grains_of(listed: tuple[str, ...]) -> tuple[str, ...]:
    """The intervals a metric can be asked in. A table that names one grain names the smallest; coarser ones
    follow.
    """
    known = sorted(listed, key=GRAINS.__getitem__)
    if len(known) > 1:
        return tuple(known)
    return tuple(name for name, minutes in GRAINS.items() if minutes >= GRAINS[known[0]])


def metric_of(row: MetricRow, type_grains: tuple[str, ...]) -> Metric:
    """The metric a table row describes."""
    primary = row.primary or next(name for name in row.aggregations if name.lower() != "none")
    return Metric(
        name=row.name,
        unit=row.unit,
        aggregations=row.aggregations,
        dimensions=row.dimensions,
        grains=grains_of(row.grains or type_grains),
        primary=primary,
        dimension_required=row.dimension_required,
    )


def catalogue(rows: Iterable[TypeRow]) -> dict[str, ResourceType]:
    """Resource types by lower-case name; a later row of one type replaces an earlier one."""
    types: dict[str, ResourceType] = {}
    for row in rows:
        metrics = {metric.key: metric for metric in (metric_of(one, row.grains) for one in row.metrics)}
        types[row.type.lower()] = ResourceType(name=row.type, metrics=metrics)
    return types


def built_in() -> tuple[TypeRow, ...]:
    """The rows of `metrics.json`."""
    text = files(__package__).joinpath("metrics.json").read_bytes()
    return msgspec.json.decode(text, type=Table).types
