"""Promitor's metrics declaration, version v1.

Contract: https://docs.promitor.io/latest/scraping/overview/ and the pages of its providers.
"""

from __future__ import annotations

from typing import Any

from estate.errors import UsageError
from estate.suggest import offer
from estate.tree import Path
from exporters.imports import intervals
from exporters.imports.opening import opened
from exporters.imports.promitor_resources import Place, generic, groups, resource
from exporters.imports.promitor_types import QUEUE_METRICS, TYPES, known
from exporters.imports.reading import Reading, Wish, series_of

_METRIC = (
    "name",
    "description",
    "resourceType",
    "azureMetricConfiguration",
    "resources",
    "resourceDiscoveryGroups",
    "scraping",
    "labels",
)
_AZURE = ("metricName", "aggregation", "dimension", "dimensions", "limit")
_CLOUDS = {"Global": "public", "China": "china", "UsGov": "usgov"}
# Keys of a custom cloud that we have, too.
_ENDPOINTS = {
    "authenticationEndpoint": "authority",
    "resourceManagerEndpoint": "arm",
    "metricsQueryAudience": "arm_scope",
    "metricsClientAudience": "metrics_scope",
}
_LOSSES = {
    "limit": "not carried: all series are read, up to the exporter's budget; set budget.per_metric for fewer",
    "labels": "not carried: series lack these labels, add them where Prometheus scrapes the exporter",
    "logAnalyticsConfiguration": "not carried: it is of no use to a metric of Azure Monitor",
    "graphEndpoint": "not carried: Microsoft Graph is not asked, nothing is lost",
    "managementEndpoint": "not carried: the classic management API is not asked, nothing is lost",
    "storageEndpointSuffix": "not carried: storage is not asked, nothing is lost",
    "keyVaultSuffix": "not carried: key vaults are not asked, nothing is lost",
    "logAnalyticsEndpoint": "not carried: Log Analytics is not asked, nothing is lost",
}
# What Promitor's own examples fetch by.
_SCHEDULE = "0 * * ? * *"


def read(text: str, file: str) -> Reading:
    """What a declaration asks for. Raises UsageError, EstateInvalid."""
    reading, found = opened(text, file)
    tree = reading.mapping(found, ())
    if tree.get("version") != "v1":
        raise UsageError(f"{file} is no metrics declaration of version v1", "it begins with version: v1")
    reading.leave_rest(tree, (), ("version", "azureMetadata", "metricDefaults", "metrics"), _LOSSES)
    declaration = _Declaration(reading, tree)
    for index, metric in enumerate(reading.items(tree.get("metrics"), ("metrics",))):
        path: Path = ("metrics", index)
        declaration.metric(reading.mapping(metric, path), path)
    return reading


class _Declaration:
    """One file: what holds for all of its metrics, and what each asks for."""

    def __init__(self, reading: Reading, tree: dict[str, Any]) -> None:
        self.reading = reading
        self.metadata = reading.mapping(tree.get("azureMetadata"), ("azureMetadata",))
        keys = ("tenantId", "subscriptionId", "resourceGroupName", "cloud", "endpoints")
        reading.leave_rest(self.metadata, ("azureMetadata",), keys, _LOSSES)
        self.cloud = _cloud(reading, self.metadata)
        self.defaults = reading.mapping(tree.get("metricDefaults"), ("metricDefaults",))
        reading.leave_rest(self.defaults, ("metricDefaults",), ("aggregation", "scraping"), _LOSSES)

    def metric(self, metric: dict[str, Any], path: Path) -> None:
        """Add the wishes of one metric. Raises UsageError."""
        reading = self.reading
        said = reading.text(metric.get("resourceType"), (*path, "resourceType"))
        kind = known(said)
        if kind == "LogAnalytics":
            reading.leave(path, "it is left out: Log Analytics queries are not read by this exporter")
            return
        if not kind:
            near = offer(said, TYPES, "name its resources by Generic and resourceUri")
            reading.leave(
                (*path, "resourceType"), f"{said!r} is not known here, so the metric is left out: {near}"
            )
            return
        at: Path = (*path, "azureMetricConfiguration")
        azure = reading.mapping(metric.get("azureMetricConfiguration"), at)
        name = reading.text(azure.get("metricName"), (*at, "metricName"))
        if kind == "StorageQueue" and name.lower() in QUEUE_METRICS:
            reading.leave((*at, "metricName"), f"{name}: {QUEUE_METRICS[name.lower()]}")
            return
        known_keys = [each for each in _METRIC if each != "labels"]
        reading.leave_rest(metric, path, known_keys, _LOSSES)
        reading.leave_rest(azure, at, [each for each in _AZURE if each != "limit"], _LOSSES)
        asked = self._common(metric, azure, name, path)
        split = self._dimensions(azure, at)
        places = self._places(kind, name, metric, path, split)
        if "name" in metric:
            types = [each.type for _, _, each in places]
            reading.leave((*path, "name"), series_of(str(metric["name"]), types))
        for subscription, group, place in places:
            reading.wishes.append(
                Wish(
                    subscription,
                    place.type,
                    groups=(group,) if group else (),
                    names=(place.name,) if place.name else (),
                    dimensions=place.dimensions,
                    **asked,
                )
            )

    def _places(
        self, kind: str, name: str, metric: dict[str, Any], path: Path, split: tuple[str, ...]
    ) -> list[tuple[str, str, Place]]:
        """Subscription, resource group (empty for all) and place of all that a metric names."""
        reading = self.reading
        found: list[tuple[str, str, Place]] = []
        for index, each in enumerate(reading.items(metric.get("resources"), (*path, "resources"))):
            here: Path = (*path, "resources", index)
            row = reading.mapping(each, here)
            subscription = reading.id(*self._of(row, "subscriptionId", here))
            group = reading.text(*self._of(row, "resourceGroupName", here))
            if kind == "Generic":
                found.append((subscription, group, generic(reading, row, group, here, split)))
            else:
                found.append((subscription, group, resource(reading, kind, name, row, here, split)))
        discovered = reading.items(metric.get("resourceDiscoveryGroups"), (*path, "resourceDiscoveryGroups"))
        for index in range(len(discovered)):
            here = (*path, "resourceDiscoveryGroups", index)
            if kind == "Generic":
                raise reading.wrong(
                    here, "a generic resource cannot be discovered", "name it under resources"
                )
            subscription = reading.id(*self._of({}, "subscriptionId", here))
            found += [(subscription, "", place) for place in groups(reading, kind, name, here, split)]
        if not found:
            raise reading.wrong(path, "the metric has neither resources nor resourceDiscoveryGroups")
        return found

    def _of(self, row: dict[str, Any], key: str, path: Path) -> tuple[Any, Path]:
        return (row[key], (*path, key)) if key in row else (self.metadata.get(key), ("azureMetadata", key))

    def _dimensions(self, azure: dict[str, Any], at: Path) -> tuple[str, ...]:
        """Where both are, Promitor takes `dimension`."""
        reading = self.reading
        if azure.get("dimension"):
            one = reading.mapping(azure["dimension"], (*at, "dimension"))
            return (reading.text(one.get("name"), (*at, "dimension", "name")),)
        return tuple(
            reading.text(
                reading.mapping(each, (*at, "dimensions", index)).get("name"),
                (*at, "dimensions", index, "name"),
            )
            for index, each in enumerate(reading.items(azure.get("dimensions"), (*at, "dimensions")))
        )

    def _common(self, metric: dict[str, Any], azure: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
        reading, usual_at = self.reading, ("metricDefaults", "aggregation")
        at: Path = (*path, "azureMetricConfiguration", "aggregation")
        aggregation = reading.mapping(azure.get("aggregation"), at)
        usual = reading.mapping(self.defaults.get("aggregation"), usual_at)
        own = "interval" in aggregation
        said = aggregation.get("interval", usual.get("interval", "00:05:00"))
        where: Path = (*(at if own else usual_at), "interval")
        seconds = intervals.span(str(said))
        if seconds is None:
            raise reading.wrong(where, f"{said!r} is no time span", "write one such as 00:05:00")
        return {
            "metric": name,
            "aggregations": (reading.aggregation(aggregation.get("type"), (*at, "type")),),
            "interval": reading.grain(seconds, where),
            "poll": self._poll(metric, path),
            "tenant": reading.id(self.metadata.get("tenantId"), ("azureMetadata", "tenantId")),
            "cloud": self.cloud,
            "at": reading.where(path),
        }

    def _poll(self, metric: dict[str, Any], path: Path) -> int:
        reading = self.reading
        own = reading.mapping(metric.get("scraping"), (*path, "scraping")).get("schedule")
        usual = reading.mapping(self.defaults.get("scraping"), ("metricDefaults", "scraping")).get("schedule")
        at: Path = (*path, "scraping", "schedule") if own else ("metricDefaults", "scraping", "schedule")
        said = str(own or usual or _SCHEDULE)
        found = intervals.schedule(said)
        if found is None:
            return reading.poll(None, at, said)
        seconds, even = found
        if not even:
            reading.leave(
                at,
                f"{said!r} is not carried as it is: fetched every {intervals.spoken(seconds)}, on every day, "
                "with more calls on the bill",
            )
        elif seconds == intervals.DAY:
            reading.leave(at, f"{said!r} is fetched once in 24h, but not at this time of day")
        return reading.poll(seconds, at, said)


def _cloud(reading: Reading, metadata: dict[str, Any]) -> str:
    """The cloud's name; of a custom one the addresses go to `azure`."""
    path: Path = ("azureMetadata", "endpoints")
    endpoints = reading.mapping(metadata.get("endpoints"), path)
    if str(metadata.get("cloud") or "").lower() != "custom":
        for key in endpoints:
            reading.leave(
                (*path, key), "not carried: the cloud's own is asked, as Promitor does where it is named"
            )
        return reading.cloud(metadata.get("cloud"), ("azureMetadata", "cloud"), _CLOUDS)
    reading.leave_rest(endpoints, path, _ENDPOINTS, _LOSSES)
    for theirs, ours in _ENDPOINTS.items():
        if endpoints.get(theirs):
            address = reading.text(endpoints[theirs], (*path, theirs)).rstrip("/")
            reading.azure[ours] = f"{address}/.default" if ours.endswith("_scope") else address
    reading.leave(
        ("azureMetadata", "cloud"),
        "its metrics host is not in the file: the public cloud's refuses until azure.metrics names it",
    )
    return "public"
