"""Promitor's metrics declaration, version v1.

Contract: https://docs.promitor.io/latest/scraping/overview/ and the pages of its providers.
"""

from __future__ import annotations

import re
from typing import Any

from estate.errors import UsageError
from estate.suggest import offer
from estate.tree import Path
from exporters.imports.opening import opened
from exporters.imports.promitor_types import TYPES
from exporters.imports.reading import Reading, Wish, identified

_SPAN = re.compile(r"(?:(\d+)[.:])?(\d{1,2}):(\d{2}):(\d{2})")
_EVERY = re.compile(r"0 (\*|0/(\d+)|\*/(\d+)) [*?] [*?] [*?] [*?]")
_METRIC = [
    "name",
    "description",
    "resourceType",
    "azureMetricConfiguration",
    "resources",
    "resourceDiscoveryGroups",
    "scraping",
    "labels",
]
_AZURE = ("metricName", "aggregation", "dimension", "dimensions", "limit")
_CLOUDS = {"Global": "public", "China": "china", "UsGov": "usgov"}
# Keys of a custom cloud that we have, too.
_ENDPOINTS = {
    "authenticationEndpoint": "authority",
    "resourceManagerEndpoint": "arm",
    "metricsQueryAudience": "arm_scope",
    "metricsClientAudience": "metrics_scope",
}


def read(text: str, file: str) -> Reading:
    """What a declaration asks for. Raises UsageError, EstateInvalid."""
    reading, found = opened(text, file)
    tree = reading.mapping(found, ())
    if tree.get("version") != "v1":
        raise UsageError(f"{file} is no metrics declaration of version v1", "it begins with version: v1")
    reading.leave_rest(tree, (), ("version", "azureMetadata", "metricDefaults", "metrics"))
    metadata = reading.mapping(tree.get("azureMetadata"), ("azureMetadata",))
    known = ("tenantId", "subscriptionId", "resourceGroupName", "cloud", "endpoints")
    reading.leave_rest(metadata, ("azureMetadata",), known)
    cloud = _cloud(reading, metadata)
    defaults = reading.mapping(tree.get("metricDefaults"), ("metricDefaults",))
    for key in ("limit", "labels"):
        if key in defaults:
            reading.leave(("metricDefaults", key), _UNLIKE[key])
    for index, metric in enumerate(reading.items(tree.get("metrics"), ("metrics",))):
        path: Path = ("metrics", index)
        _metric(reading, reading.mapping(metric, path), metadata, defaults, path, cloud)
    return reading


def _cloud(reading: Reading, metadata: dict[str, Any]) -> str:
    """The cloud's name; of a custom one the addresses go to `azure`."""
    path: Path = ("azureMetadata", "endpoints")
    endpoints = reading.mapping(metadata.get("endpoints"), path)
    if str(metadata.get("cloud") or "").lower() != "custom":
        for key in endpoints:
            reading.leave((*path, key), "not carried: only a custom cloud has addresses of its own")
        return reading.cloud(metadata.get("cloud"), ("azureMetadata", "cloud"), _CLOUDS)
    reading.leave_rest(endpoints, path, _ENDPOINTS)
    for theirs, ours in _ENDPOINTS.items():
        if endpoints.get(theirs):
            address = reading.text(endpoints[theirs], (*path, theirs)).rstrip("/")
            reading.azure[ours] = f"{address}/.default" if ours.endswith("_scope") else address
    reading.leave(("azureMetadata", "cloud"), "put the host of its metrics batch API under azure.metrics")
    return "public"


_UNLIKE = {
    "limit": "not carried: all series are asked for, within the exporter's budget",
    "labels": "not carried: add labels where Prometheus scrapes the exporter",
}


def _metric(
    reading: Reading,
    metric: dict[str, Any],
    metadata: dict[str, Any],
    defaults: dict[str, Any],
    path: Path,
    cloud: str,
) -> None:
    kind = reading.text(metric.get("resourceType"), (*path, "resourceType"))
    if kind == "LogAnalytics":
        reading.leave(path, "Log Analytics queries are not read by this exporter")
        return
    if kind not in TYPES and kind != "Generic":
        near = offer(kind, TYPES, "name its resources by Generic and resourceUri")
        reading.leave(
            (*path, "resourceType"), f"{kind!r} is not known here, so the metric is left out: {near}"
        )
        return
    reading.leave_rest(metric, path, _METRIC)
    at: Path = (*path, "azureMetricConfiguration")
    azure = reading.mapping(metric.get("azureMetricConfiguration"), at)
    reading.leave_rest(azure, at, _AZURE)
    if "name" in metric:
        reading.leave((*path, "name"), "the metric is named by its type, metric, aggregation and unit")
    if "labels" in metric:
        reading.leave((*path, "labels"), _UNLIKE["labels"])
    if "limit" in azure:
        reading.leave((*at, "limit"), _UNLIKE["limit"])
    aggregation = reading.mapping(azure.get("aggregation"), (*at, "aggregation"))
    usual = reading.mapping(defaults.get("aggregation"), ("metricDefaults", "aggregation"))
    own = "interval" in aggregation
    span = aggregation.get("interval", usual.get("interval", "00:05:00"))
    dimensions = [azure["dimension"]] if azure.get("dimension") else []
    dimensions += reading.items(azure.get("dimensions"), (*at, "dimensions"))
    common: dict[str, Any] = {
        "metric": reading.text(azure.get("metricName"), (*at, "metricName")),
        "aggregations": (reading.aggregation(aggregation.get("type"), (*at, "aggregation", "type")),),
        "interval": _interval(
            reading,
            span,
            (*at, "aggregation", "interval") if own else ("metricDefaults", "aggregation", "interval"),
        ),
        "poll": _poll(reading, metric, defaults, path),
        "tenant": reading.id(metadata.get("tenantId"), ("azureMetadata", "tenantId")),
        "cloud": cloud,
    }
    split = tuple(
        reading.text(reading.mapping(each, at).get("name"), (*at, "dimensions", place, "name"))
        for place, each in enumerate(dimensions)
    )
    resources = reading.items(metric.get("resources"), (*path, "resources"))
    for place, found in enumerate(resources):
        here: Path = (*path, "resources", place)
        _resource(reading, kind, reading.mapping(found, here), metadata, here, split, common)
    groups = reading.items(metric.get("resourceDiscoveryGroups"), (*path, "resourceDiscoveryGroups"))
    for place in range(len(groups)):
        group: Path = (*path, "resourceDiscoveryGroups", place)
        if kind == "Generic":
            raise reading.wrong(group, "a generic resource cannot be discovered", "name it under resources")
        reading.leave(
            group, "its criteria are in another file: all resources of the type are read, use select"
        )
        subscription = reading.id(metadata.get("subscriptionId"), ("azureMetadata", "subscriptionId"))
        reading.wishes.append(Wish(subscription, TYPES[kind].type, dimensions=split, **common))
    if not resources and not groups:
        raise reading.wrong(path, "the metric has neither resources nor resourceDiscoveryGroups")


def _resource(
    reading: Reading,
    kind: str,
    found: dict[str, Any],
    metadata: dict[str, Any],
    path: Path,
    split: tuple[str, ...],
    common: dict[str, Any],
) -> None:
    def of(key: str) -> tuple[Any, Path]:
        return (found[key], (*path, key)) if key in found else (metadata.get(key), ("azureMetadata", key))

    subscription = reading.id(*of("subscriptionId"))
    group = reading.text(*of("resourceGroupName"))
    shared = ("subscriptionId", "resourceGroupName")
    if kind == "Generic":
        uri = reading.text(found.get("resourceUri"), (*path, "resourceUri"))
        id = f"resourceGroups/{group}/providers/{uri.strip('/')}"
        _, _, type, name = identified(reading, id, (*path, "resourceUri"))
        reading.leave_rest(found, path, (*shared, "resourceUri", "filter"))
        if found.get("filter"):
            filter = reading.text(found["filter"], (*path, "filter"))
            split = tuple(dict.fromkeys((*split, *reading.split(filter, (*path, "filter")))))
    else:
        of_kind = TYPES[kind]
        type = of_kind.type
        parts = [reading.text(found.get(key), (*path, key)) for key in of_kind.fields]
        name = "/".join([*parts, *of_kind.end])
        reading.leave_rest(found, path, (*shared, *of_kind.fields))
    reading.wishes.append(
        Wish(subscription, type, groups=(group,), names=(name,), dimensions=split, **common)
    )


def _interval(reading: Reading, span: Any, path: Path) -> str:
    match = _SPAN.fullmatch(str(span))
    if match is None:
        raise reading.wrong(path, f"{span!r} is no time span", "write one such as 00:05:00")
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return reading.grain(days * 86_400 + hours * 3600 + minutes * 60 + seconds, path)


def _poll(reading: Reading, metric: dict[str, Any], defaults: dict[str, Any], path: Path) -> str:
    own = reading.mapping(metric.get("scraping"), (*path, "scraping")).get("schedule")
    usual = reading.mapping(defaults.get("scraping"), ("metricDefaults", "scraping")).get("schedule")
    schedule = own or usual or "0 * * ? * *"
    match = _EVERY.fullmatch(str(schedule))
    if match is None:
        at: Path = (*path, "scraping", "schedule") if own else ("metricDefaults", "scraping", "schedule")
        reading.leave(at, f"{schedule!r} is not carried: fetched every minute")
        return "1m"
    return f"{match[2] or match[3] or 1}m"
