"""Metrics of one resource: the behaviours an exporter must live with, and the refusals."""

from __future__ import annotations

from typing import Any

from simulators.azure.intervals import instant, stamp
from simulators.azure.truth import value
from tests.simulators.talk import ARM, FLEET, NOON, SHOP, Talk, document, error, storage

EARLY = "2026-03-02T08:00:00Z/2026-03-02T08:05:00Z"
MINUTE = int(instant("2026-03-02T08:00:00Z")) // 60


def url(query: str, resource: str = storage(), version: str = "2024-02-01") -> str:
    """A metrics query of a resource."""
    return f"{ARM}{resource}/providers/Microsoft.Insights/metrics?api-version={version}&{query}"


def one(talk: Talk, query: str, **more: str) -> Any:
    """The one metric of a reply."""
    (metric,) = talk.get(url(query, **more))["value"]
    return metric


def truth(
    talk: Talk, metric: str, aggregation: str, minute: int, minutes: int = 1, **dims: str
) -> float | None:
    """What the reply must say."""
    resource = talk.world.inventory.resources[storage().lower()]
    return value(
        resource.series(resource.type.metrics[metric.lower()]), aggregation, minute, minutes, dims or None
    )


def test_reply_whole(talk: Talk) -> None:
    """Every key of a reply, and the values of the truth."""
    data = []
    for index in range(5):
        point: dict[str, Any] = {"timeStamp": stamp((MINUTE + index) * 60)}
        for name in ("total", "average"):
            found = truth(talk, "Egress", name, MINUTE + index)
            if found is not None:
                point[name] = found
        data.append(point)
    assert talk.get(url(f"metricnames=egress&aggregation=Average,Total&timespan={EARLY}")) == {
        "cost": 4,
        "timespan": "2026-03-02T08:00:00Z/2026-03-02T08:05:00Z",
        "interval": "PT1M",
        "value": [
            {
                "id": f"{storage()}/providers/Microsoft.Insights/metrics/Egress",
                "type": "Microsoft.Insights/metrics",
                "name": {"value": "Egress", "localizedValue": "Egress"},
                "displayDescription": "Egress in Bytes",
                "unit": "Bytes",
                "timeseries": [{"metadatavalues": [], "data": data}],
                "errorCode": "Success",
            }
        ],
        "namespace": "Microsoft.Storage/storageAccounts",
        "resourceregion": "westeurope",
    }


def test_no_datum_is_a_point_without_a_key() -> None:
    """A minute without a datum has its time alone: no null, no 0."""
    talk = Talk(FLEET + "behaviour: {absent: 1}\n")
    metric = one(talk, f"metricnames=Egress&aggregation=total&timespan={EARLY}")
    assert metric["timeseries"] == [
        {"metadatavalues": [], "data": [{"timeStamp": stamp((MINUTE + i) * 60)} for i in range(5)]}
    ]


def test_newest_minutes_are_empty_and_late_ones_grow(talk: Talk) -> None:
    """At noon the minutes from 11:58 on show nothing; five minutes later they show the truth."""
    query = "metricnames=Egress&aggregation=total&timespan=2026-03-02T11:50:00Z/2026-03-02T12:00:00Z"
    first = one(talk, query)["timeseries"][0]["data"]
    assert [sorted(point) for point in first[-2:]] == [["timeStamp"]] * 2
    talk.world.clock.jump(instant(NOON) + 600)
    later = one(talk, query)["timeseries"][0]["data"]
    at = int(instant("2026-03-02T11:50:00Z")) // 60
    assert [point.get("total") for point in later] == [
        truth(talk, "Egress", "total", at + i) for i in range(10)
    ]
    shown = [(a["total"], b["total"]) for a, b in zip(first, later, strict=True) if "total" in a]
    assert all(a <= b for a, b in shown)


def test_future_is_empty(talk: Talk) -> None:
    """A range that ends in the future has points there, without values."""
    metric = one(talk, "metricnames=Egress&timespan=2026-03-02T11:59:00Z/2026-03-02T12:03:00Z")
    assert [sorted(point) for point in metric["timeseries"][0]["data"]] == [["timeStamp"]] * 4


def test_silent_resource_has_no_series(talk: Talk) -> None:
    """No data at all: 200 with an empty list."""
    quiet = storage().replace("data01", "quiet")
    assert one(talk, "metricnames=Egress", resource=quiet)["timeseries"] == []


def test_filter_that_matches_nothing_has_no_series(talk: Talk) -> None:
    """A dimension value that never occurs: 200 with an empty list."""
    assert one(talk, "metricnames=Egress&$filter=ApiName eq 'NoSuchCall'")["timeseries"] == []


def test_primary_aggregation_when_none_is_asked(talk: Talk) -> None:
    """Without `aggregation` each metric comes with its primary one alone."""
    metrics = talk.get(url(f"metricnames=Egress,Availability&timespan={EARLY}"))["value"]
    keys = [
        {key for point in metric["timeseries"][0]["data"] for key in point} - {"timeStamp"}
        for metric in metrics
    ]
    assert keys == [{"total"}, {"average"}]


def test_buckets_begin_at_the_range_not_at_the_clock(talk: Talk) -> None:
    """PT1H from 23:59:59 begins at 23:59; the reply keeps the seconds of the range."""
    reply = talk.get(
        url(
            "metricnames=Egress&interval=PT1H&timespan=2026-02-28 23:59:59/2026-03-01 "
            "02:59:59&aggregation=total"
        )
    )
    assert reply["timespan"] == "2026-02-28T23:59:59Z/2026-03-01T02:59:59Z"
    data = reply["value"][0]["timeseries"][0]["data"]
    first = int(instant("2026-02-28T23:59:00Z")) // 60
    assert data == [
        {
            "timeStamp": stamp((first + 60 * i) * 60),
            "total": truth(talk, "Egress", "total", first + 60 * i, 60),
        }
        for i in range(3)
    ]


def test_full_interval_is_one_point(talk: Talk) -> None:
    """FULL: the reply's interval is the real length, the point is the whole."""
    reply = talk.get(
        url(
            "metricnames=Egress&interval=FULL&aggregation=total,maximum"
            "&timespan=2026-03-02T04:00:00Z/2026-03-02T08:00:00Z"
        )
    )
    assert (reply["interval"], reply["cost"]) == ("PT4H", 239)
    (point,) = reply["value"][0]["timeseries"][0]["data"]
    assert point == {
        "timeStamp": "2026-03-02T04:00:00Z",
        "total": truth(talk, "Egress", "total", MINUTE - 240, 240),
        "maximum": truth(talk, "Egress", "maximum", MINUTE - 240, 240),
    }


def test_default_timespan_is_the_last_hour(talk: Talk) -> None:
    """No timespan: the last hour by the minute."""
    reply = talk.get(url("metricnames=Egress"))
    assert reply["timespan"] == "2026-03-02T11:00:00Z/2026-03-02T12:00:00Z"
    assert len(reply["value"][0]["timeseries"][0]["data"]) == 60


def test_one_metric_can_fail_inside_a_200(talk: Talk) -> None:
    """A metric without any of the aggregations fails alone; the others are served."""
    failed, fine = talk.get(url(f"metricnames=Availability,Egress&aggregation=total&timespan={EARLY}"))[
        "value"
    ]
    assert failed["errorCode"] == "InvalidSamplingType"
    assert failed["errorMessage"].endswith("SamplingType:NullableTotal.")
    assert failed["timeseries"] == []
    assert fine["errorCode"] == "Success"


def test_an_aggregation_that_one_metric_lacks_is_left_out(talk: Talk) -> None:
    """Asked for several, a metric gives those it has: Egress has no Count."""
    metric = one(talk, f"metricnames=Egress&aggregation=count,total&timespan={EARLY}")
    keys = {key for point in metric["timeseries"][0]["data"] for key in point}
    assert (metric["errorCode"], keys) == ("Success", {"timeStamp", "total"})


def test_split_by_dimensions(talk: Talk) -> None:
    """A wildcard splits, an equality narrows; names come back in lower case, and shares add up to the
    whole.
    """
    query = f"metricnames=Egress&aggregation=total&top=100&timespan={EARLY}"
    rows = one(talk, f"{query}&$filter=GeoType eq '*' and ApiName eq '*'")["timeseries"]
    names = [tuple(pair["name"]["value"] for pair in row["metadatavalues"]) for row in rows]
    assert set(names) == {("apiname", "geotype")}
    whole = one(talk, query.replace("&top=100", ""))["timeseries"][0]["data"]
    for index, point in enumerate(whole):
        shares = [row["data"][index].get("total") for row in rows]
        assert [point.get("total")] == ([None] if None in shares else [sum(shares)])
    narrowed = one(talk, f"{query}&$filter=ApiName eq 'getblob' or ApiName eq 'PutBlob'")["timeseries"]
    assert sorted(row["metadatavalues"][0]["value"] for row in narrowed) == ["GetBlob", "PutBlob"]
    found = {row["metadatavalues"][0]["value"]: row["data"][0].get("total") for row in narrowed}
    assert found["GetBlob"] == truth(talk, "Egress", "total", MINUTE, ApiName="GetBlob")


def test_top_cuts_silently_at_ten() -> None:
    """Eleven series and more: ten come back, the largest first, and nothing says so; `top` says how many."""
    talk = Talk(FLEET + "behaviour: {combinations: 40, cardinality: {ApiName: 30}, absent: 0, zero: 0}\n")
    query = f"metricnames=Egress&aggregation=total&timespan={EARLY}&$filter=ApiName eq '*'"
    ten = one(talk, query)["timeseries"]
    everything = one(talk, f"{query}&top=1000")["timeseries"]
    sums = [sum(point["total"] for point in row["data"]) for row in everything]
    assert len(ten) == 10 < len(everything)
    assert sums == sorted(sums, reverse=True)
    assert ten == everything[:10]
    smallest = one(talk, f"{query}&top=3&orderby=total asc")["timeseries"]
    assert [sum(point["total"] for point in row["data"]) for row in smallest] == sorted(sums)[:3]


def test_rollup(talk: Talk) -> None:
    """A rolled-up dimension narrows but makes no series of its own."""
    (row,) = one(talk, f"metricnames=Egress&timespan={EARLY}&$filter=ApiName eq 'GetBlob'&rollupby=ApiName")[
        "timeseries"
    ]
    assert row["metadatavalues"] == []
    assert row["data"][0].get("total") == truth(talk, "Egress", "total", MINUTE, ApiName="GetBlob")


def test_dimension_values_alone(talk: Talk) -> None:
    """resultType=Metadata gives the values of the wildcard, no points and no interval."""
    reply = talk.get(
        url("metricnames=Egress&resultType=metadata&$filter=GeoType eq 'Primary' and ApiName eq '*'")
    )
    assert "interval" not in reply
    rows = reply["value"][0]["timeseries"]
    assert all(set(row) == {"metadatavalues"} for row in rows)
    assert {pair["name"]["value"] for row in rows for pair in row["metadatavalues"]} == {"apiname"}


def test_hourly_metric(talk: Talk) -> None:
    """UsedCapacity refuses PT1M, and gives one point an hour at PT1H."""
    assert document(talk.ask("GET", url("metricnames=UsedCapacity&interval=PT1M"))) == {
        "code": "BadRequest",
        "message": "Detected invalid time grain input: PT1M, supported ones are: PT1H,PT6H,PT12H,P1D",
    }
    span = "2026-03-02T04:00:00Z/2026-03-02T07:00:00Z"
    metric = one(talk, f"metricnames=UsedCapacity&interval=PT1H&timespan={span}")
    assert [point["timeStamp"][11:16] for point in metric["timeseries"][0]["data"]] == [
        "04:00",
        "05:00",
        "06:00",
    ]


def test_adjusted_grain(talk: Talk) -> None:
    """AutoAdjustTimegrain takes the next larger grain instead of refusing."""
    reply = talk.get(url("metricnames=UsedCapacity&interval=PT5M&AutoAdjustTimegrain=true"))
    assert reply["interval"] == "PT1H"


def test_unknown_dimension_is_ignored_when_told_so(talk: Talk) -> None:
    """ValidateDimensions=false leaves an unknown dimension out of the filter."""
    metric = one(talk, f"metricnames=Egress&timespan={EARLY}&$filter=Colour eq '*'&ValidateDimensions=false")
    assert [row["metadatavalues"] for row in metric["timeseries"]] == [[]]


def test_required_dimension() -> None:
    """A metric that requires a dimension is refused without one, as users of cloud-custodian met it."""
    sql = f"/subscriptions/{SHOP}/resourceGroups/shop-westeurope/providers/Microsoft.Sql/servers/db"
    talk = Talk(
        FLEET.replace(
            "      - {type: Microsoft.KeyVault",
            "      - {type: Microsoft.Sql/servers, name: db}\n      - {type: Microsoft.KeyVault",
            1,
        )
    )
    reply = talk.ask("GET", url(f"metricnames=dtu_used&timespan={EARLY}", resource=sql))
    assert (reply.status, document(reply)) == (
        400,
        {"code": "BadRequest", "message": "Metric: dtu_used does not accept zero dimension case"},
    )
    assert one(
        talk, f"metricnames=dtu_used&timespan={EARLY}&$filter=DatabaseResourceId eq '*'", resource=sql
    )["timeseries"]


def test_storage_service_below_the_account(talk: Talk) -> None:
    """blobServices/default answers metrics although no listing shows it."""
    blobs = f"{storage()}/blobServices/default"
    assert one(talk, "metricnames=BlobCount&interval=PT1H", resource=blobs)["unit"] == "Count"


def test_unknown_resource(talk: Talk) -> None:
    """ARM itself answers for a resource that does not exist, in the wrapped form."""
    reply = talk.ask("GET", url("metricnames=Egress", resource=storage(9)))
    assert error(reply) == (
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.Storage/storageAccounts/data09' under resource group 'shop-westeurope' "
        "was not found.",
    )


def test_names_of_parameters_have_no_case(talk: Talk) -> None:
    """metricNames, MetricNamespace and AGGREGATION are the same parameters."""
    space = "MetricNamespace=microsoft.storage%2Fstorageaccounts"
    reply = talk.get(url(f"metricNames=Egress&{space}&AGGREGATION=TOTAL&timespan={EARLY}"))
    assert reply["namespace"] == "microsoft.storage/storageaccounts"
    assert "total" in reply["value"][0]["timeseries"][0]["data"][0]


def test_a_deleted_resource_is_gone(talk: Talk) -> None:
    """Once deleted, its metrics are 404."""
    talk.world.inventory.resources[storage().lower()].deleted = talk.world.clock.now()
    assert talk.ask("GET", url("metricnames=Egress")).status == 404


def test_a_new_resource_has_no_past() -> None:
    """A resource created at 11:30 has no values before."""
    talk = Talk(FLEET.replace("name: quiet, silent: true", "name: quiet, appears_after: 1800"))
    quiet = storage().replace("data01", "quiet")
    assert talk.ask("GET", url("metricnames=Egress", resource=quiet)).status == 404
    talk.world.clock.jump(instant(NOON) + 3600)
    span = "2026-03-02T12:25:00Z/2026-03-02T12:35:00Z"
    data = one(talk, f"metricnames=Egress&aggregation=total&timespan={span}", resource=quiet)["timeseries"][
        0
    ]["data"]
    assert not any("total" in point for point in data[:5])
    assert any("total" in point for point in data[5:])
