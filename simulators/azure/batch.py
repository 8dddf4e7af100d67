"""metrics:getBatch on `{region}.metrics.monitor.azure.com`: many resources of one type and region in one
call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.azure.catalogue import Metric, ResourceType
from simulators.azure.evaluate import check_size, cut, metadata, points, rows_of, stamps
from simulators.azure.intervals import stamp
from simulators.azure.inventory import Resource
from simulators.azure.metrics import describe, failed, needs, read_query, usable
from simulators.azure.query import Asked, BadQuery, Span, buckets, read_metrics, time_range
from simulators.azure.replies import Refused, Reply, Request, wrapped
from simulators.azure.world import World

VERSIONS = ("2023-05-01-preview", "2023-10-01", "2024-02-01")
MOST_IDS = 50


def answer(world: World, request: Request, subscription: str, version: str) -> Reply:
    """The reply to a batch whose caller may read the subscription. Raises `Refused`."""
    try:
        return _answer(world, request, subscription, version)
    except BadQuery as error:
        raise Refused(wrapped(400, error.code, error.message)) from None


def _answer(world: World, request: Request, subscription: str, version: str) -> Reply:
    query = request.query
    for name in ("metricnamespace", "metricnames"):
        if not query.get(name):
            raise BadQuery(f"Missing required parameter: {name}.")
    kind = world.inventory.types.get(query["metricnamespace"].lower())
    if kind is None:
        raise BadQuery(f"Metric namespace '{query['metricnamespace']}' is not supported by the batch API.")
    refusal = world.fleet.refuses.says("batch", kind.key)
    if refusal:
        raise BadQuery(refusal)
    resources = _resources(world, request, subscription, kind)
    metrics = read_metrics(kind, query["metricnames"])
    for one in (one for one in resources if one.lacks):
        read_metrics(kind, query["metricnames"], one.metrics)
    asked = read_query(metrics, query, "filter", needs=needs(resources))
    now = world.clock.now()
    span = buckets(*time_range(query.get("starttime", ""), query.get("endtime", ""), now), asked.interval)
    size = sum(
        len(one.series(metric).parts) if asked.filters else 1 for one in resources for metric in metrics
    )
    check_size(size, span.length, world.fleet.limits.series)
    times = stamps(span)
    wanted = tuple((metric, usable(asked.aggregations, metric)) for metric in asked.metrics)
    values = [_item(one, asked, wanted, span, times, world.ingested()) for one in resources]
    if version == "2023-10-01":
        minutes = max(0, (span.end - span.start) // 60 - 1)
        values = [{"cost": minutes, **one} for one in values]
    return Reply(200, {"values": values})


def _resources(world: World, request: Request, subscription: str, kind: ResourceType) -> list[Resource]:
    ids = _ids(request)
    now = world.clock.now()
    found, dead = [], []
    for one in ids:
        parts = one.strip("/").lower().split("/")
        if len(parts) < 2 or parts[0] != "subscriptions":
            raise BadQuery(f"Invalid resource id: '{one}'.")
        if parts[1] != subscription:
            raise BadQuery(f"Resource '{one}' does not belong to subscription '{subscription}'.")
        if not _has_type(parts, kind):
            raise BadQuery(
                f"Resource '{one}' is not of the requested type '{kind.name}'. "
                "All resources must be of one type."
            )
        resource = world.inventory.find(one, now)
        if resource is None:
            dead.append(one)
        elif resource.region != request.region:
            raise BadQuery(
                f"Resource '{one}' is in region '{resource.region}', "
                f"but the request was sent to '{request.region}'."
            )
        else:
            found.append(resource)
    if dead and world.fleet.dead_ids == "fail":
        raise Refused(wrapped(404, "ResourceNotFound", f"The Resource '{dead[0]}' was not found."))
    return found


def _ids(request: Request) -> list[str]:
    body = request.json()
    ids: Any = body.get("resourceids") if isinstance(body, Mapping) else None
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise BadQuery("The request body must contain 'resourceids', a list of resource ids.")
    if len(ids) > MOST_IDS:
        raise BadQuery(f"The number of resource ids {len(ids)} exceeds the maximum of {MOST_IDS}.")
    if len({one.lower() for one in ids}) < len(ids):
        raise BadQuery("The resource ids must be unique.")
    return ids


def _has_type(parts: list[str], kind: ResourceType) -> bool:
    """Whether the id in lower-case pieces names a resource of this type."""
    if "providers" not in parts:
        return False
    after = parts[parts.index("providers") + 1 :]
    return "/".join((after[0], *after[1::2])) == kind.key if after else False


def _item(
    resource: Resource,
    asked: Asked,
    wanted: tuple[tuple[Metric, tuple[str, ...]], ...],
    span: Span,
    times: list[str],
    now: float,
) -> dict[str, Any]:
    values = []
    for metric, aggregations in wanted:
        document = describe(f"{resource.id}/providers/Microsoft.Insights/metrics/{metric.name}", metric)
        if not aggregations:
            values.append(failed(document, metric, asked.aggregations))
            continue
        of = resource.series(metric)
        rows = cut(of, rows_of(resource, metric, asked, span, now), asked)
        document["timeseries"] = [
            {"metadatavalues": metadata(pairs), "data": points(of, data, times, aggregations)}
            for pairs, data in rows
        ]
        document["errorCode"] = "Success"
        values.append(document)
    return {
        "starttime": stamp(span.start),
        "endtime": stamp(span.end),
        "interval": span.interval if asked.interval == "FULL" else asked.interval,
        "value": values,
        "namespace": resource.type.key,
        "resourceregion": resource.region,
        "resourceid": resource.id,
    }
