"""Lists whose entries must differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from estate.model import AzureExporter, Estate
from estate.problems import Problem
from estate.tree import Path


def lists(estate: Estate) -> Iterator[Problem]:
    """A cluster, subscription, aggregation or dimension is listed once."""
    for name, exporter in estate.exporters.items():
        path: Path = ("exporters", name)
        yield from _twice(exporter.clusters, (*path, "clusters"))
        if not isinstance(exporter, AzureExporter):
            continue
        if isinstance(exporter.scope, list):
            yield from _twice(exporter.scope, (*path, "scope"))
        for index, metric in enumerate(exporter.metrics):
            yield from _twice(metric.aggregations, (*path, "metrics", index, "aggregations"))
            yield from _twice(metric.dimensions, (*path, "metrics", index, "dimensions"))


def _twice(entries: Sequence[str], path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry is None:
            continue
        if entry.lower() in seen:
            yield Problem("listed-twice", (*path, index), f"{entry!r} is listed twice", "remove one")
        seen.add(entry.lower())
