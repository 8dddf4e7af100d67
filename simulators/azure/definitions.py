"""metricDefinitions: what a resource, or a type in a region, can be asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from simulators.azure.catalogue import Metric, ResourceType

VERSIONS = ("2017-05-01-preview", "2018-01-01", "2021-05-01", "2023-10-01", "2024-02-01")
_CLASSES = (
    ("availab", "Availability"),
    ("error", "Errors"),
    ("fail", "Errors"),
    ("latency", "Latency"),
    ("percent", "Saturation"),
)


def of(kind: ResourceType, scope: str, version: str, lacks: Collection[str] = ()) -> dict[str, Any]:
    """The document for all metrics of a type at `scope` (a resource id, or a subscription's), but for those
    that it lacks.
    """
    return {
        "value": [
            definition(metric, kind, scope, version)
            for key, metric in kind.metrics.items()
            if key not in lacks
        ]
    }


def definition(metric: Metric, kind: ResourceType, scope: str, version: str) -> dict[str, Any]:
    """One definition. Versions before 2018 lack the namespace and the supported aggregations."""
    old = version == "2017-05-01-preview"
    document: dict[str, Any] = {
        "id": f"{scope}/providers/microsoft.insights/metricdefinitions/{metric.name}",
        "resourceId": scope,
    }
    if not old:
        document["namespace"] = kind.name
    document["name"] = {"value": metric.name, "localizedValue": metric.name}
    if old:
        document["category"] = "Transaction"
    else:
        document["displayDescription"] = f"{metric.name} in {metric.unit}"
    document["isDimensionRequired"] = metric.dimension_required
    if version >= "2021":
        document["metricClass"] = _metric_class(metric)
    document["unit"] = metric.unit
    document["primaryAggregationType"] = metric.primary
    if not old:
        document["supportedAggregationTypes"] = list(metric.aggregations)
    document["metricAvailabilities"] = [{"timeGrain": grain, "retention": "P93D"} for grain in metric.grains]
    if metric.dimensions:
        document["dimensions"] = [{"value": name, "localizedValue": name} for name in metric.dimensions]
    return document


def _metric_class(metric: Metric) -> str:
    return next((name for piece, name in _CLASSES if piece in metric.key), "Transactions")
