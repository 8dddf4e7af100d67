"""Metrics of one resource, and of all resources of a type and region in a subscription: the two older APIs
of Azure Monitor, for what metrics:getBatch does not take. Both answers become the batch's items.

Contract: https://learn.microsoft.com/rest/api/monitor/metrics/list and
https://learn.microsoft.com/rest/api/monitor/metrics/list-at-subscription-scope.
"""

from __future__ import annotations

import msgspec

from exporters.azure.calls.decode import decoded
from exporters.azure.calls.http import Call, address
from exporters.azure.metrics.batch import CutMetric, Item, Metric, Series, instant, names
from exporters.azure.metrics.plan import SERIES_PER_CALL, Batch
from exporters.configuration.endpoints import Endpoints

# The dimension that a subscription's reply tells resources apart by; its case differs.
RESOURCE_ID = "microsoft.resourceid"


class _Reply(msgspec.Struct, gc=False):
    metrics: list[Metric] = msgspec.field(name="value")
    interval: str | None = None


def of_resource(batch: Batch, start: int, end: int, endpoints: Endpoints, deadline: float) -> Call:
    """The request for the points of [start, end) of the one resource of a batch."""
    query = _query(batch, start, end, endpoints)
    if batch.key.dimensions:
        query["$filter"] = _filter(batch)
        query["top"] = str(batch.top)
    path = f"{batch.resources[0].id}/providers/Microsoft.Insights/metrics"
    url = address(endpoints.arm, path, **query)
    return Call("metrics", "GET", url, endpoints.arm_scope, deadline, batch.key.subscription)


def of_subscription(batch: Batch, start: int, end: int, endpoints: Endpoints, deadline: float) -> Call:
    """The request for the points of [start, end) of all resources of the batch's type and region."""
    key = batch.key
    query = _query(batch, start, end, endpoints)
    query["region"] = key.region
    query["$filter"] = " and ".join(
        ["Microsoft.ResourceId eq '*'", *([_filter(batch)] if key.dimensions else [])]
    )
    query["top"] = str(subscription_top(batch))
    path = f"/subscriptions/{key.subscription}/providers/Microsoft.Insights/metrics"
    url = address(endpoints.arm, path, **query)
    return Call("metrics-subscription", "GET", url, endpoints.arm_scope, deadline, key.subscription)


def subscription_top(batch: Batch) -> int:
    """Series of one metric, over all resources, that a subscription's reply may hold."""
    return SERIES_PER_CALL // len(batch.metrics)


def _query(batch: Batch, start: int, end: int, endpoints: Endpoints) -> dict[str, str]:
    return {
        "api-version": endpoints.api_versions.metrics,
        "metricnamespace": batch.key.type,
        "metricnames": names(batch),
        "timespan": f"{instant(start)}/{instant(end)}",
        "interval": batch.key.interval,
        "aggregation": ",".join(each.lower() for each in batch.key.aggregations),
    }


def _filter(batch: Batch) -> str:
    return " and ".join(f"{each} eq '*'" for each in batch.key.dimensions)


def decode_resource(body: bytes, batch: Batch) -> list[Item]:
    """The one item of a resource's reply. Raises BadReply."""
    reply = decoded(body, _Reply, "metrics")
    return [Item(batch.resources[0].id, reply.interval, reply.metrics)]


def decode_subscription(body: bytes, batch: Batch) -> list[Item]:
    """An item for each resource of the batch; one without series was not measured. Raises BadReply.

    A series without a resource id belongs to nobody and is left out. A metric that was cut, by as many series
    as were asked for, says so in every item: which resources are incomplete cannot be known.
    """
    reply = decoded(body, _Reply, "metrics-subscription")
    top = subscription_top(batch)
    items = {each.id.strip("/"): Item(each.id, reply.interval, []) for each in batch.resources}
    for metric in reply.metrics:
        of_resource: dict[str, list[Series]] = {}
        for series in metric.series or ():
            owners = [
                each.value for each in series.dimensions or () if each.name.value.lower() == RESOURCE_ID
            ]
            rest = [each for each in series.dimensions or () if each.name.value.lower() != RESOURCE_ID]
            if len(owners) == 1:
                owner = owners[0].strip().strip("/").lower()
                of_resource.setdefault(owner, []).append(Series(rest, series.data))
        kind = CutMetric if len(metric.series or ()) >= top else Metric
        for id, item in items.items():
            own = kind(metric.name, metric.unit, of_resource.get(id, []), metric.error, metric.error_message)
            if item.metrics is not None:
                item.metrics.append(own)
    return list(items.values())
