"""What Azure exporters read: every series once."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import AzureExporter, AzureMetric, Estate
from estate.problems import Problem
from estate.tree import Path

# Keys that narrow the resources of an exporter or an entry: whether two overlap cannot be told from the file.
NARROWING = {"select", "exclude"}


def azure_scopes(estate: Estate) -> Iterator[Problem]:
    """Each exporter row runs in every cluster that it lists; two of them must not read one subscription."""
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, AzureExporter):
            continue
        readers: dict[str, str] = {}
        for index, cluster in enumerate(exporter.clusters):
            if cluster not in estate.clusters or cluster in exporter.clusters[:index]:
                continue
            read = _read(estate, exporter, cluster)
            shared = next((subscription for subscription in read if subscription in readers), None)
            if shared is not None:
                yield Problem(
                    "azure-scope-shared",
                    ("exporters", name, "clusters", index),
                    f"{readers[shared]!r} and {cluster!r} would both read the subscription {shared!r}, "
                    "and every value would be counted twice",
                    "list one of them",
                )
            for subscription in read:
                readers.setdefault(subscription, cluster)


def azure_metrics(estate: Estate) -> Iterator[Problem]:
    """No metric of a resource is read twice, neither by one exporter row nor by two."""
    first: dict[tuple[str, str, str], list[tuple[Path, AzureMetric]]] = {}
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, AzureExporter) or exporter.model_fields_set & NARROWING:
            continue
        subscriptions = {
            subscription
            for cluster in exporter.clusters or [estate.hub]
            for subscription in _read(estate, exporter, cluster)
        }
        for index, metric in enumerate(exporter.metrics):
            for place, metric_name in enumerate(metric.names):
                if metric.type is None or metric_name is None or metric.model_fields_set & NARROWING:
                    continue
                path: Path = ("exporters", name, "metrics", index, "names", place)
                clashes = None
                for subscription in sorted(subscriptions):
                    readings = first.setdefault((subscription, metric.type.lower(), metric_name.lower()), [])
                    clashes = clashes or _clash(readings, metric, metric_name, path)
                    readings.append((path, metric))
                if clashes:
                    yield clashes


def _read(estate: Estate, exporter: AzureExporter, cluster: str) -> list[str]:
    """The subscriptions that an exporter reads in a cluster, as far as they are known."""
    if isinstance(exporter.scope, list):
        return [name for name in dict.fromkeys(exporter.scope) if name is not None]
    row = estate.clusters.get(cluster)
    return [] if row is None or row.subscription is None or exporter.scope is None else [row.subscription]


def _clash(
    readings: list[tuple[Path, AzureMetric]], metric: AzureMetric, name: str, path: Path
) -> Problem | None:
    for (_, other_row, _, index, *_), other in readings:
        both = metric.aggregations and other.aggregations
        if both and not set(metric.aggregations) & set(other.aggregations):
            continue
        where = f"exporters.{other_row}.metrics.{index}"
        if {one.lower() for one in metric.dimensions if one} == {
            one.lower() for one in other.dimensions if one
        }:
            message = f"{name!r} of {metric.type} is read already by {where}"
            return Problem("azure-metric-twice", path, message, "keep one of them")
        message = f"{name!r} of {metric.type} is read by {where} with other dimensions: sums count it twice"
        return Problem("azure-metric-split", path, message, "split it one way, and sum the parts in queries")
    return None
