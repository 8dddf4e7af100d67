"""metrics:getBatch: the call that an exporter lives on, with every limit that Azure sets it."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.azure.intervals import instant, stamp
from simulators.azure.truth import value
from tests.simulators.talk import CLIENT, FLEET, FOREIGN, OTHER_TENANT, SHOP, Talk, document, error, storage

SPAN = "starttime=2026-03-02T08:00:00.000Z&endtime=2026-03-02T08:03:00.000Z"
MINUTE = int(instant("2026-03-02T08:00:00Z")) // 60
QUERY = f"metricnames=Transactions,Egress&aggregation=total&{SPAN}"
VAULT = f"/subscriptions/{SHOP}/resourceGroups/shop-northeurope/providers/Microsoft.KeyVault/vaults/vault"


def many(count: int, extra: str = "") -> Talk:
    """An Azure with so many storage accounts."""
    return Talk(FLEET.replace("count: 3", f"count: {count}") + extra)


def test_reply_whole(talk: Talk) -> None:
    """Every key of one item, the values of the truth; ids in any case."""
    reply = talk.batch(f"metricnames=Egress&aggregation=total&{SPAN}", [storage().upper()])
    resource = talk.world.inventory.resources[storage().lower()]
    of = resource.series(resource.type.metrics["egress"])
    data: list[dict[str, Any]] = []
    for minute in range(MINUTE, MINUTE + 3):
        found = value(of, "total", minute)
        data.append({"timeStamp": stamp(minute * 60), **({} if found is None else {"total": found})})
    assert document(reply) == {
        "values": [
            {
                "starttime": "2026-03-02T08:00:00Z",
                "endtime": "2026-03-02T08:03:00Z",
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
                "namespace": "microsoft.storage/storageaccounts",
                "resourceregion": "westeurope",
                "resourceid": storage(),
            }
        ]
    }


def test_fifty_resources_twenty_metrics() -> None:
    """The largest call that is allowed: an item per id, a metric per name."""
    talk = Talk(
        FLEET.replace(
            'Microsoft.Storage/storageAccounts, name: "data{n:02}", count: 3',
            'Microsoft.DBforPostgreSQL/flexibleServers, name: "pg{n}", count: 50',
            1,
        )
    )
    kind = talk.world.inventory.types["microsoft.dbforpostgresql/flexibleservers"]
    names = [metric.name for metric in kind.metrics.values() if "PT1M" in metric.grains][:20]
    ids = [one.id for one in talk.world.inventory.resources.values() if one.type is kind]
    query = f"metricnamespace={kind.name}&metricnames={','.join(names)}&{SPAN}"
    reply = document(talk.batch(query, ids))
    assert [item["resourceid"] for item in reply["values"]] == ids
    assert {tuple(metric["name"]["value"] for metric in item["value"]) for item in reply["values"]} == {
        tuple(names)
    }


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([storage(n) for n in range(1, 52)], "The number of resource ids 51 exceeds the maximum of 50."),
        ([], "The request body must contain 'resourceids', a list of resource ids."),
        ([storage(), storage().upper()], "The resource ids must be unique."),
        (["nonsense"], "Invalid resource id: 'nonsense'."),
        (
            [VAULT],
            f"Resource '{VAULT}' is not of the requested type 'Microsoft.Storage/storageAccounts'. "
            "All resources must be of one type.",
        ),
        (
            [storage().replace(SHOP, FOREIGN)],
            f"Resource '{storage().replace(SHOP, FOREIGN)}' does not belong to subscription '{SHOP}'.",
        ),
    ],
)
def test_bad_ids(ids: list[str], message: str) -> None:
    """At most 50 ids, unique, of one type and one subscription."""
    assert error(many(60).batch(QUERY, ids)) == (400, "BadRequest", message)


def test_wrong_region(talk: Talk) -> None:
    """A resource is asked for at the host of its own region."""
    assert error(talk.batch(QUERY, [storage()], region="northeurope")) == (
        400,
        "BadRequest",
        f"Resource '{storage()}' is in region 'westeurope', but the request was sent to 'northeurope'.",
    )


def test_body_key_is_in_lower_case(talk: Talk) -> None:
    """resourceIds is not resourceids."""
    url = f"https://westeurope.metrics.monitor.azure.com/subscriptions/{SHOP}/metrics:getBatch"
    query = f"api-version=2024-02-01&metricnamespace=microsoft.storage/storageaccounts&{QUERY}"
    reply = talk.ask("POST", f"{url}?{query}", {"resourceIds": [storage()]})
    assert error(reply)[2] == "The request body must contain 'resourceids', a list of resource ids."


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (f"{SPAN}", "Missing required parameter: metricnames."),
        (f"metricnames=Egress&metricnamespace=&{SPAN}", "Missing required parameter: metricnamespace."),
        (
            "metricnames=Egress&metricnamespace=azure.vm.windows.guestmetrics",
            "Metric namespace 'azure.vm.windows.guestmetrics' is not supported by the batch API.",
        ),
        ("metricnames=Egress&endtime=2026-03-02T08:00:00Z", "starttime is required when endtime is given."),
        (
            "metricnames=" + ",".join(f"m{i}" for i in range(21)),
            "Requested metrics count: 21 bigger than allowed max: 20",
        ),
        (
            "metricnames=UsedCapacity",
            "Detected invalid time grain input: PT1M, supported ones are: PT1H,PT6H,PT12H,P1D",
        ),
        ("metricnames=Egress&top=20", "The top parameter is only valid together with a filter."),
    ],
)
def test_bad_queries(talk: Talk, query: str, message: str) -> None:
    """A bad query is a 400 in the wrapped envelope, its message whole."""
    assert error(talk.batch(query, [storage()])) == (400, "BadRequest", message)


def test_one_unknown_metric_fails_the_call(talk: Talk) -> None:
    """The call as a whole, with the names that there are."""
    status, code, message = error(talk.batch(f"metricnames=Egress,Colour&{SPAN}", [storage()]))
    assert (status, code) == (400, "BadRequest")
    assert "metric: Colour, Valid metrics: UsedCapacity,Availability," in message


def test_a_dimension_one_metric_lacks_fails_the_call(talk: Talk) -> None:
    """All metrics of a call must have the dimensions of its filter."""
    query = f"metricnames=Egress,Transactions&filter=ResponseType eq '*'&{SPAN}"
    assert error(talk.batch(query, [storage()]))[2].startswith(
        "Metric: Egress does not support requested dimension combination: responsetype, "
    )


def test_arm_token_is_refused(talk: Talk) -> None:
    """The metrics data plane has an audience of its own."""
    url = f"https://westeurope.metrics.monitor.azure.com/subscriptions/{SHOP}/metrics:getBatch"
    reply = talk.ask("POST", f"{url}?api-version=2024-02-01", {}, token=talk.token())
    assert error(reply)[:2] == (401, "InvalidAuthenticationTokenAudience")
    assert "x-ms-failure-cause" not in reply.headers


@pytest.mark.parametrize("extra", ["subscriptions: [back]", "denied: [Microsoft.Insights/metrics/read]"])
def test_no_role_on_the_subscription_is_401(extra: str) -> None:
    """Unlike ARM, the data plane answers 401."""
    talk = Talk(FLEET + f"principals: [{{client_id: {CLIENT}, secret: s, {extra}}}]\n")
    assert error(talk.batch(QUERY, [storage()]))[:2] == (401, "Unauthorized")


def test_token_of_another_tenant_is_401(talk: Talk) -> None:
    """A token of another tenant has no role here either."""
    url = f"https://westeurope.metrics.monitor.azure.com/subscriptions/{SHOP}/metrics:getBatch"
    token = talk.token("https://metrics.monitor.azure.com", tenant=OTHER_TENANT)
    assert talk.ask("POST", f"{url}?api-version=2024-02-01", {}, token=token).status == 401


@pytest.mark.parametrize("version", ["", "2030-01-01", "2018-01-01"])
def test_api_version(talk: Talk, version: str) -> None:
    """The data plane's own list of versions."""
    url = f"https://westeurope.metrics.monitor.azure.com/subscriptions/{SHOP}/metrics:getBatch"
    assert talk.ask("POST", f"{url}?api-version={version}", {}).status == 400


def test_top_is_per_metric_and_resource() -> None:
    """Two metrics of two resources at top 3: twelve series."""
    talk = Talk(FLEET + "behaviour: {combinations: 30, cardinality: {ApiName: 20}}\n")
    query = f"metricnames=Egress,Ingress&aggregation=total&filter=ApiName eq '*'&{SPAN}"
    items = document(talk.batch(f"{query}&top=3", [storage(1), storage(2)]))["values"]
    assert [len(metric["timeseries"]) for item in items for metric in item["value"]] == [3, 3, 3, 3]
    items = document(talk.batch(query, [storage(1)]))["values"]
    assert [len(metric["timeseries"]) for metric in items[0]["value"]] == [10, 10]


def test_half_a_million_series() -> None:
    """More series than Azure computes: nothing comes back."""
    talk = Talk(
        FLEET + "behaviour: {combinations: 500, cardinality: {ApiName: 500}}\nlimits: {series: 1500}\n"
    )
    query = f"metricnames=Egress,Ingress&filter=ApiName eq '*'&top=1000&{SPAN}"
    assert talk.batch(query, [storage()]).status == 200
    assert error(talk.batch(query, [storage(1), storage(2)])) == (
        400,
        "QueryThrottledException",
        "Cannot request more than 1500 time series per query.",
    )


def test_full_interval(talk: Talk) -> None:
    """FULL gives one point and the real length."""
    (item,) = document(talk.batch(f"metricnames=Egress&interval=FULL&{SPAN}", [storage()]))["values"]
    assert item["interval"] == "PT3M"
    assert len(item["value"][0]["timeseries"][0]["data"]) == 1


def test_a_dead_id_fails_the_batch(talk: Talk) -> None:
    """By default one id that does not exist fails all."""
    assert error(talk.batch(QUERY, [storage(1), storage(9)])) == (
        404,
        "ResourceNotFound",
        f"The Resource '{storage(9)}' was not found.",
    )


def test_a_dead_id_is_missing() -> None:
    """Or it is left out, where the fleet says so."""
    talk = Talk(FLEET + "dead_ids: missing\n")
    items = document(talk.batch(QUERY, [storage(9), storage(1)]))["values"]
    assert [item["resourceid"] for item in items] == [storage(1)]


def test_a_type_that_batch_does_not_take() -> None:
    """Types can be refused, as Azure refuses some; an exporter must learn it."""
    talk = Talk(FLEET + "refuses: {batch: [Microsoft.Storage/storageAccounts]}\n")
    assert error(talk.batch(QUERY, [storage()])) == (
        400,
        "BadRequest",
        "Resource type 'microsoft.storage/storageaccounts' is not supported by the batch API.",
    )


def test_pace() -> None:
    """A bucket per subscription, with Retry-After."""
    talk = Talk(FLEET + "limits: {batch: {burst: 2, per_second: 0.25}}\n")
    replies = [talk.batch(QUERY, [storage()]) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert replies[2].headers["retry-after"] == "4"
    talk.world.clock.jump(talk.world.clock.now() + 4)
    assert talk.batch(QUERY, [storage()]).status == 200


def test_path_prefix(talk: Talk) -> None:
    """The same call on one loopback port, by prefix."""
    query = f"api-version=2024-02-01&metricnamespace=microsoft.storage/storageaccounts&{QUERY}"
    url = f"https://127.0.0.1:8443/metrics/westeurope/subscriptions/{SHOP}/metrics:getBatch?{query}"
    assert len(talk.post(url, {"resourceids": [storage()]})["values"]) == 1
