"""Metrics at subscription scope: a region's resources of one type in one call, with its silent cut."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.talk import ARM, FLEET, SHOP, Talk, error, storage

URL = f"{ARM}/subscriptions/{SHOP}/providers/Microsoft.Insights/metrics?api-version=2024-02-01"
SPAN = "timespan=2026-03-02T08:00:00Z/2026-03-02T08:03:00Z"
QUERY = (
    f"{URL}&region=westeurope&metricnamespace=microsoft.storage/storageaccounts&metricnames=Egress&"
    f"aggregation=total"
)
STEADY = FLEET + "behaviour: {absent: 0, zero: 0}\n"


def series(talk: Talk, query: str) -> list[Any]:
    """The time series of the one metric of a reply."""
    (metric,) = talk.get(f"{query}&{SPAN}")["value"]
    found: list[Any] = metric["timeseries"]
    return found


def test_split_by_resource() -> None:
    """One series per resource that has data, with its id as metadata; values as at resource scope."""
    talk = Talk(STEADY)
    rows = series(talk, f"{QUERY}&$filter=Microsoft.ResourceId eq '*'")
    found = {row["metadatavalues"][0]["value"]: row["data"] for row in rows}
    assert sorted(found) == [storage(1), storage(2), storage(3)]
    assert rows[0]["metadatavalues"][0]["name"]["value"] == "Microsoft.ResourceId"
    url = f"{ARM}{storage(2)}/providers/Microsoft.Insights/metrics?api-version=2024-02-01"
    alone = talk.get(f"{url}&metricnames=Egress&aggregation=total&{SPAN}")
    assert found[storage(2)] == alone["value"][0]["timeseries"][0]["data"]


def test_without_the_split_all_are_added_up() -> None:
    """One series for the region: the sum of unlike resources."""
    talk = Talk(STEADY)
    rows = series(talk, f"{QUERY}&$filter=Microsoft.ResourceId eq '*'")
    (together,) = series(talk, QUERY)
    assert together["metadatavalues"] == []
    assert [point["total"] for point in together["data"]] == [
        sum(row["data"][index]["total"] for row in rows) for index in range(3)
    ]


def test_split_by_resource_and_dimension() -> None:
    """The resource id comes first, the other dimensions after it."""
    talk = Talk(STEADY)
    rows = series(talk, f"{QUERY}&$filter=GeoType eq '*' and Microsoft.ResourceId eq '{storage(1)}'")
    names = [[pair["name"]["value"] for pair in row["metadatavalues"]] for row in rows]
    assert names == [["Microsoft.ResourceId", "geotype"]] * 2
    assert {row["metadatavalues"][0]["value"] for row in rows} == {storage(1)}


def test_ten_resources_without_top() -> None:
    """The eleventh resource and all after it are cut with no sign."""
    talk = Talk(STEADY.replace("count: 3", "count: 14"))
    assert len(series(talk, f"{QUERY}&$filter=Microsoft.ResourceId eq '*'")) == 10
    assert len(series(talk, f"{QUERY}&$filter=Microsoft.ResourceId eq '*'&top=14")) == 14


def test_id_of_the_metric_has_no_leading_slash(talk: Talk) -> None:
    """As documented, unlike at resource scope; region and namespace come back in lower case."""
    reply = talk.get(f"{QUERY}&{SPAN}")
    assert reply["value"][0]["id"] == f"subscriptions/{SHOP}/providers/Microsoft.Insights/metrics/Egress"
    assert (reply["namespace"], reply["resourceregion"]) == (
        "microsoft.storage/storageaccounts",
        "westeurope",
    )


def test_post_is_the_same_query(talk: Talk) -> None:
    """A POST with the parameters in its body gives what the GET gives."""
    get = talk.get(f"{QUERY}&{SPAN}&$filter=Microsoft.ResourceId eq '*'&top=5&orderby=total desc")
    body = {
        "metricNamespace": "microsoft.storage/storageaccounts",
        "metricNames": "Egress",
        "aggregation": "total",
        "timespan": SPAN.removeprefix("timespan="),
        "filter": "Microsoft.ResourceId eq '*'",
        "top": 5,
        "orderBy": "total desc",
        "validateDimensions": True,
    }
    assert talk.post(f"{URL}&region=westeurope", body) == get


@pytest.mark.parametrize(
    ("query", "body", "message"),
    [
        ("", {}, "Missing required region params"),
        ("&region=westeurope", {}, "Missing required parameter: metricnamespace."),
        ("&region=westeurope", {"metricNamespace": "x/y"}, "Metric namespace 'x/y' is not supported."),
        ("&region=westeurope&top=3", {"top": 3}, "Parameter 'top' is given in both the query and the body."),
        ("&region=westeurope", {"region": "x"}, "Could not find member 'region' on the request body."),
        ("&region=westeurope", [], "The request body must be an object."),
    ],
)
def test_refusals(talk: Talk, query: str, body: Any, message: str) -> None:
    """What is wrong comes back in the wrapped envelope."""
    assert error(talk.ask("POST", URL + query, body)) == (400, "BadRequest", message)


def test_a_type_that_is_not_taken() -> None:
    """Types can be refused, as Azure refuses some."""
    talk = Talk(FLEET + "refuses: {subscription: [Microsoft.Storage/storageAccounts]}\n")
    assert error(talk.ask("GET", QUERY)) == (
        400,
        "BadRequest",
        "Resource type: Microsoft.Storage/storageAccounts not enabled for Cross Resource metrics",
    )


def test_no_resources_no_series(talk: Talk) -> None:
    """A region without resources of the type: 200 with an empty list."""
    assert series(talk, QUERY.replace("westeurope", "eastus")) == []
