"""metrics:getBatch: the request and the typed reply.

Contract: https://learn.microsoft.com/rest/api/monitor/metrics-batch/batch.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from exporters.azure.calls.decode import decoded
from exporters.azure.calls.http import Call, address
from exporters.azure.metrics.plan import Batch
from exporters.configuration.endpoints import Endpoints

# Takes about 10 ms to decode.
LONG_REPLY_BYTES = 2 * 1024 * 1024


class Name(msgspec.Struct, gc=False):
    """A name with its localised twin, which is ignored."""

    value: str


class Point(msgspec.Struct, gc=False):
    """One bucket. A value that is missing (or null) was not measured; it is not 0."""

    stamp: str = msgspec.field(name="timeStamp")
    average: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    total: float | None = None
    count: float | None = None


class Dimension(msgspec.Struct, gc=False):
    """One dimension of a series; the name comes back in lower case."""

    name: Name
    value: str


class Series(msgspec.Struct, gc=False):
    """Points of one combination of dimension values."""

    dimensions: list[Dimension] | None = msgspec.field(name="metadatavalues", default=None)
    data: list[Point] | None = None


class Metric(msgspec.Struct, gc=False):
    """One metric of one resource. `error` is `Success`, missing, or why there are no series."""

    name: Name
    unit: str = ""
    series: list[Series] | None = msgspec.field(name="timeseries", default=None)
    error: str | None = msgspec.field(name="errorCode", default=None)
    error_message: str | None = msgspec.field(name="errorMessage", default=None)


class CutMetric(Metric, gc=False):
    """One of which the reply is known to hold only some of the series."""


class Item(msgspec.Struct, gc=False):
    """What the reply says of one resource. `interval` may differ from the one asked for; trust it."""

    id: str | None = msgspec.field(name="resourceid", default=None)
    interval: str | None = None
    metrics: list[Metric] | None = msgspec.field(name="value", default=None)


class _Reply(msgspec.Struct, gc=False):
    values: list[Item]


class _Pieces(msgspec.Struct, gc=False):
    values: list[msgspec.Raw]


def decode(body: bytes) -> list[Item]:
    """Items of a reply. Raises BadReply.

    Decoding holds the interpreter until it ends, so a long reply is decoded item by item.
    """
    if len(body) <= LONG_REPLY_BYTES:
        return decoded(body, _Reply, "batch").values
    return [decoded(each, Item, "batch") for each in decoded(body, _Pieces, "batch").values]


def call(batch: Batch, start: int, end: int, endpoints: Endpoints, deadline: float) -> Call:
    """The request for the points of [start, end), Unix seconds."""
    key = batch.key
    query = {
        "api-version": endpoints.api_versions.batch,
        "metricnamespace": key.type,
        "metricnames": names(batch),
        "starttime": instant(start),
        "endtime": instant(end),
        "interval": key.interval,
        "aggregation": ",".join(each.lower() for each in key.aggregations),
    }
    if key.dimensions:
        query["filter"] = " and ".join(f"{each} eq '*'" for each in key.dimensions)
        query["top"] = str(batch.top)
    base = endpoints.metrics.replace("{region}", key.region)
    return Call(
        "batch",
        "POST",
        address(base, f"/subscriptions/{key.subscription}/metrics:getBatch", **query),
        endpoints.metrics_scope,
        deadline,
        key.subscription,
        {"resourceids": [each.id for each in batch.resources]},
    )


def names(batch: Batch) -> str:
    """The metrics of a batch in one parameter."""
    # A comma inside a name would read as two names; percent-encoding it twice keeps it one.
    return ",".join(each.definition.name.replace(",", quote(",")) for each in batch.metrics)


def instant(seconds: int) -> str:
    """Unix seconds as the APIs write times."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
