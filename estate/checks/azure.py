"""What Azure exporters read: every series once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from estate.model import AzureExporter, AzureMatch, AzureMetric, Estate
from estate.problems import Problem
from estate.tree import Path

# What `as` decides about.
_COUNTED = {"Total", "Count"}


@dataclass(frozen=True, slots=True)
class _Reading:
    """An entry that reads a metric, where it stands, and its row."""

    path: Path
    metric: AzureMetric
    row: AzureExporter


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
    first: dict[tuple[str, str, str], list[_Reading]] = {}
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, AzureExporter):
            continue
        subscriptions = {
            subscription
            for cluster in exporter.clusters or [estate.hub]
            for subscription in _read(estate, exporter, cluster)
        }
        for index, metric in enumerate(exporter.metrics):
            for place, metric_name in enumerate(metric.names):
                if metric.type is None or metric_name is None:
                    continue
                path: Path = ("exporters", name, "metrics", index, "names", place)
                reading = _Reading(path, metric, exporter)
                clashes = None
                for subscription in sorted(subscriptions):
                    readings = first.setdefault((subscription, metric.type.lower(), metric_name.lower()), [])
                    clashes = clashes or _clash(readings, reading, metric_name)
                    readings.append(reading)
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


def _clash(readings: list[_Reading], reading: _Reading, name: str) -> Problem | None:
    metric, path = reading.metric, reading.path
    for each in readings:
        other = each.metric
        _, other_row, _, index, *_ = each.path
        where = f"exporters.{other_row}.metrics.{index}"
        overlap, alike = _overlap(each, reading), _split(metric) == _split(other)
        if _opposite(metric, other) and (overlap or each.row is reading.row) and not (overlap and alike):
            message = f"{name!r} of {metric.type} is a {metric.as_} here and a {other.as_} in {where}"
            return Problem("azure-metric-kind", path, message, "write the same `as` in both")
        both = metric.aggregations and other.aggregations
        if not overlap or (both and not set(metric.aggregations) & set(other.aggregations)):
            continue
        if alike:
            message = f"{name!r} of {metric.type} is read already by {where}"
            return Problem("azure-metric-twice", path, message, "keep one of them")
        message = f"{name!r} of {metric.type} is read by {where} with other dimensions: sums count it twice"
        return Problem("azure-metric-split", path, message, "split it one way, and sum the parts in queries")
    return None


def _split(metric: AzureMetric) -> set[str]:
    return {each.lower() for each in metric.dimensions if each}


def _opposite(one: AzureMetric, other: AzureMetric) -> bool:
    """Whether two entries make a gauge and a counter of one aggregation: one family to OpenMetrics."""
    counted = [set(each.aggregations or _COUNTED) & _COUNTED for each in (one, other)]
    return {one.as_, other.as_} == {"gauge", "counter"} and not counted[0].isdisjoint(counted[1])


def _overlap(one: _Reading, other: _Reading) -> bool:
    """Whether two entries surely read a resource in common, as far as there is one that both could mean. What
    cannot be told from the file is no overlap.
    """
    if one.row is not other.row and (_narrowing(one.row) or _narrowing(other.row)):
        same = one.row.select == other.row.select and one.row.exclude == other.row.exclude
        if not same:
            return False
    return _covers(one.metric, other.metric) or _covers(other.metric, one.metric)


def _narrowing(of: AzureExporter | AzureMetric) -> bool:
    return bool(of.exclude) or any(map(_patterns(of.select).get, _KEYS))


def _covers(wide: AzureMetric, narrow: AzureMetric) -> bool:
    """Whether the narrow entry selects, by each key that the wide one asks for, something that fits there."""
    if wide.exclude and wide.exclude != narrow.exclude:
        return False
    asked, given = _patterns(wide.select), _patterns(narrow.select)
    return all(
        any(fnmatchcase(mine, each.replace("[", "[[]")) for mine in given[key] for each in asked[key])
        for key in _KEYS
        if asked[key]
    )


_KEYS = ("resource_groups", "regions", "names", "tags")


def _patterns(select: AzureMatch | None) -> dict[str, list[str]]:
    """By key: what a resource must be like, in lower case."""
    found: dict[str, list[str]] = {}
    for key in _KEYS:
        values = getattr(select, key, None) or ()
        texts = [f"{tag}={value}" for tag, value in values.items()] if isinstance(values, dict) else values
        found[key] = [each.lower() for each in texts if each is not None]
    return found
