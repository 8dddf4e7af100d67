"""Metrics of one resource and of a subscription's region, both on ARM (2024-02-01 and older)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulators.azure.catalogue import Metric, ResourceType
from simulators.azure.evaluate import Row, check_size, cut, metadata, points, rows_of, stamps
from simulators.azure.intervals import stamp
from simulators.azure.inventory import Resource
from simulators.azure.query import (
    RESOURCE_ID,
    Asked,
    BadQuery,
    Span,
    adjusted,
    buckets,
    check_dimensions,
    check_grains,
    check_split,
    read_aggregations,
    read_filter,
    read_interval,
    read_metrics,
    read_order,
    read_top,
    time_range,
)
from simulators.azure.replies import Refused, Reply, bare, wrapped
from simulators.azure.truth import Series, join
from simulators.azure.world import World

VERSIONS = (
    "2017-05-01-preview",
    "2018-01-01",
    "2019-07-01",
    "2021-05-01",
    "2023-10-01",
    "2024-02-01",
)
SUBSCRIPTION_VERSIONS = ("2021-05-01", "2023-10-01", "2024-02-01")


def of_resource(world: World, resource: Resource, query: Mapping[str, str], version: str) -> Reply:
    """`GET /{resource}/providers/Microsoft.Insights/metrics`; errors come without a wrapper."""
    try:
        return _of_resource(world, resource, query, version)
    except BadQuery as error:
        raise Refused(bare(400, error.code, error.message)) from None


def _of_resource(world: World, resource: Resource, query: Mapping[str, str], version: str) -> Reply:
    kind = namespace(resource.type, query.get("metricnamespace", ""))
    names = query.get("metricnames") or query.get("metric", "")
    metrics = read_metrics(kind, names, resource.metrics) or tuple(resource.metrics.values())[:1]
    asked = read_query(metrics, query, "$filter", needs=needs([resource]))
    now = world.clock.now()
    span = time_span(query.get("timespan", ""), asked.interval, now)
    meta = query.get("resulttype", "").lower() == "metadata"
    check_size(
        sum(len(resource.series(metric).parts) for metric in metrics),
        1 if meta else span.length,
        world.fleet.limits.series,
    )
    times = stamps(span)
    values = []
    for metric in metrics:
        document = describe(f"{resource.id}/providers/Microsoft.Insights/metrics/{metric.name}", metric)
        of = resource.series(metric)
        rows = cut(of, rows_of(resource, metric, asked, span, world.ingested()), asked)
        values.append(_filled(document, of, rows, asked, times, metric, meta))
    old = version == "2017-05-01-preview"
    body: dict[str, Any] = {} if meta else {"cost": max(0, (span.end - span.start) // 60 - 1)}
    body["timespan"] = f"{stamp(span.start)}/{stamp(span.end)}"
    if not meta:
        body["interval"] = span.interval if asked.interval == "FULL" else asked.interval
    body["value"] = [{k: v for k, v in one.items() if not (old and k == "errorCode")} for one in values]
    if not old:
        body["namespace"] = query.get("metricnamespace") or kind.name
        body["resourceregion"] = resource.region
    return Reply(200, body)


def _filled(
    document: dict[str, Any],
    of: Series,
    rows: list[Row],
    asked: Asked,
    times: list[str],
    metric: Metric,
    meta: bool,
) -> dict[str, Any]:
    if meta:
        wild = {name for name, wanted in asked.filters.items() if wanted is None}
        shown = sorted({tuple(pair for pair in row[0] if pair[0] in wild) for row in rows})
        document["timeseries"] = [{"metadatavalues": metadata(pairs)} for pairs in shown]
        return document
    wanted = usable(asked.aggregations, metric)
    if not wanted:
        return failed(document, metric, asked.aggregations)
    document["timeseries"] = [
        {"metadatavalues": metadata(pairs), "data": points(of, data, times, wanted)} for pairs, data in rows
    ]
    document["errorCode"] = "Success"
    return document


def of_subscription(
    world: World, resources: list[Resource], kind: ResourceType, query: Mapping[str, str], scope: str
) -> Reply:
    """Metrics of all resources of one type in one region; `resources` are those; errors come wrapped."""
    try:
        return _of_subscription(world, resources, kind, query, scope)
    except BadQuery as error:
        raise Refused(wrapped(400, error.code, error.message)) from None


def _of_subscription(
    world: World, resources: list[Resource], kind: ResourceType, query: Mapping[str, str], scope: str
) -> Reply:
    metrics = read_metrics(kind, query.get("metricnames", "")) or tuple(kind.metrics.values())[:1]
    asked = read_query(metrics, query, "$filter", frozenset({RESOURCE_ID}), needs(resources))
    now = world.clock.now()
    span = time_span(query.get("timespan", ""), asked.interval, now)
    meta = query.get("resulttype", "").lower() == "metadata"
    size = sum(len(one.series(metric).parts) for one in resources for metric in metrics)
    check_size(size, 1 if meta else span.length, world.fleet.limits.series)
    times = stamps(span)
    values = []
    for metric in metrics:
        document = describe(f"{scope.lstrip('/')}/providers/Microsoft.Insights/metrics/{metric.name}", metric)
        rows = _over_resources(resources, metric, asked, span, world.ingested())
        if rows:
            of = resources[0].series(metric)
            document = _filled(document, of, cut(of, rows, asked), asked, times, metric, meta)
        else:
            document.update(timeseries=[], errorCode="Success")
        values.append(document)
    body: dict[str, Any] = {
        "timespan": f"{stamp(span.start)}/{stamp(span.end)}",
        "value": values,
        "namespace": kind.key,
        "resourceregion": query["region"].lower(),
    }
    if not meta:
        body["interval"] = span.interval if asked.interval == "FULL" else asked.interval
        body["cost"] = max(0, (span.end - span.start) // 60 - 1)
    return Reply(200, body)


def _over_resources(
    resources: list[Resource], metric: Metric, asked: Asked, span: Span, now: float
) -> list[Row]:
    """Series per resource where the filter splits by resource id, else the resources' series added up."""
    wanted = asked.filters.get(RESOURCE_ID, frozenset())
    by_resource = RESOURCE_ID in asked.filters
    rows: list[Row] = []
    added: dict[tuple[tuple[str, str], ...], list[Row]] = {}
    for resource in resources:
        if by_resource and wanted is not None and resource.id.lower() not in wanted:
            continue
        if metric.key in resource.lacks:
            continue
        for pairs, data in rows_of(resource, metric, asked, span, now):
            if RESOURCE_ID in asked.split:
                rows.append((((RESOURCE_ID, resource.id), *pairs), data))
            else:
                added.setdefault(pairs, []).append((pairs, data))
    for pairs, several in added.items():
        columns = zip(*(data for _, data in several), strict=True)
        rows.append((pairs, [join(one for one in column if one is not None) for column in columns]))
    return rows


def namespace(kind: ResourceType, text: str) -> ResourceType:
    """Refuse a namespace that is not the resource's type (guest and custom namespaces are not simulated)."""
    if text and text.lower() != kind.key:
        raise BadQuery(f"Metric namespace '{text}' is not supported for resource type '{kind.name}'.")
    return kind


def time_span(text: str, interval: str, now: float) -> Span:
    """`start/end`, or the last hour."""
    start, slash, end = text.partition("/")
    if text and not (slash and start and end):
        raise BadQuery(f"Invalid timespan: '{text}'. Expected 'startDateTime/endDateTime'.")
    return buckets(*time_range(start, end, now), interval)


def read_query(
    metrics: tuple[Metric, ...],
    query: Mapping[str, str],
    filter_name: str,
    also: frozenset[str] = frozenset(),
    needs: frozenset[str] = frozenset(),
) -> Asked:
    """A query with everything in it checked against the metrics; `also` are dimensions that every metric
    has here, `needs` metrics that must be split, whatever their definitions say.
    """
    aggregations = read_aggregations(query.get("aggregation", ""))
    interval = read_interval(query.get("interval", ""))
    if query.get("autoadjusttimegrain", "").lower() == "true":
        interval = adjusted(metrics, interval)
    check_grains(metrics, interval)
    text = query.get(filter_name, "")
    filters = read_filter(text) if text else {}
    if query.get("validatedimensions", "").lower() == "false":
        known = {name for metric in metrics for name in metric.dimension_keys} | also
        filters = {name: values for name, values in filters.items() if name in known}
    else:
        check_dimensions(metrics, tuple(filters), also)
    check_split(metrics, tuple(name for name in filters if name not in also), needs)
    top = read_top(query.get("top", ""))
    if query.get("top") and not text:
        raise BadQuery("The top parameter is only valid together with a filter.")
    folded = {name.strip().lower() for name in query.get("rollupby", "").split(",") if name.strip()}
    check_dimensions(metrics, tuple(folded), also)
    # Of resources split by id, that comes first; the rest in the order of their names.
    split = tuple(
        sorted((name for name in filters if name not in folded), key=lambda name: (name != RESOURCE_ID, name))
    )
    order = read_order(query.get("orderby", ""), aggregations)
    return Asked(metrics, aggregations, filters, split, top, order, interval)


def needs(resources: Sequence[Resource]) -> frozenset[str]:
    """Metrics of these resources, all of one type, that are refused without a dimension."""
    return frozenset(name.lower() for one in resources[:1] for name in one.manner.behaviour.needs_split)


def usable(aggregations: tuple[str, ...], metric: Metric) -> tuple[str, ...]:
    """Of the aggregations asked for, those the metric has; its primary one when none was asked for."""
    if not aggregations:
        return (metric.primary.lower(),)
    return tuple(name for name in aggregations if name in metric.supported)


def describe(metric_id: str, metric: Metric) -> dict[str, Any]:
    """The head of a metric in a reply."""
    return {
        "id": metric_id,
        "type": "Microsoft.Insights/metrics",
        "name": {"value": metric.name, "localizedValue": metric.name},
        "displayDescription": f"{metric.name} in {metric.unit}",
        "unit": metric.unit,
    }


def failed(document: dict[str, Any], metric: Metric, aggregations: tuple[str, ...]) -> dict[str, Any]:
    """One metric's failure inside a 200: it has none of the aggregations asked for."""
    sampling = "Nullable" + aggregations[0].capitalize()
    document.update(
        timeseries=[],
        errorMessage=f"Sampling type is not found. Metric:{metric.name}, SamplingType:{sampling}.",
        errorCode="InvalidSamplingType",
    )
    return document
