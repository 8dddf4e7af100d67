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
                    f"{readers[shared]!r} and {cluster!r} would both read {shared}, "
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


def azure_management_groups(estate: Estate) -> Iterator[Problem]:
    """A management group lives in one tenant: which one, the subscriptions in scope must say."""
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, AzureExporter) or not exporter.management_groups:
            continue
        if isinstance(exporter.scope, list):
            scope = exporter.scope
        else:
            clusters = [estate.clusters.get(each) for each in exporter.clusters or [estate.hub]]
            scope = [row.subscription for row in clusters if row is not None]
        rows = [estate.subscriptions.get(each) for each in scope if each is not None]
        tenants = dict.fromkeys(row.tenant for row in rows if row is not None and row.tenant is not None)
        if len(tenants) > 1:
            listed = " and ".join(repr(each) for each in tenants)
            yield Problem(
                "not-allowed",
                ("exporters", name, "management_groups"),
                f"the scope is in the tenants {listed}, and a management group is in one",
                "make an exporter for each tenant",
            )


def _read(estate: Estate, exporter: AzureExporter, cluster: str) -> list[str]:
    """What an exporter reads in a cluster, as far as it is known: subscriptions and management groups."""
    row = estate.clusters.get(cluster)
    if isinstance(exporter.scope, list):
        subscriptions = list(dict.fromkeys(exporter.scope))
    elif row is not None and exporter.scope is not None:
        subscriptions = [row.subscription]
    else:
        subscriptions = []
    groups = dict.fromkeys(exporter.management_groups or [])
    return [f"the subscription {each!r}" for each in subscriptions if each is not None] + [
        f"the management group {each!r}" for each in groups if each is not None
    ]


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
