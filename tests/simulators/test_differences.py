"""Resources of one type that are not alike, and metrics that their definitions do not tell all of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.talk import ARM, FLEET, SHOP, Talk, document, error, storage

STORAGE = "Microsoft.Storage/storageAccounts"
SPAN = "starttime=2026-03-02T08:00:00.000Z&endtime=2026-03-02T08:05:00.000Z"
SECOND = f"      - {{type: {STORAGE}, name: odd, lacks: [Egress]}}\n      - {{type: Microsoft.KeyVault/vaults"
LACKING = FLEET.replace("      - {type: Microsoft.KeyVault/vaults", SECOND, 1)
ODD = storage().replace("data01", "odd")
MISSING = (
    "Failed to find metric configuration for provider: Microsoft.Storage, resource Type: storageAccounts, "
    "metric: Egress, Valid metrics: UsedCapacity,Availability,Ingress,ReplicationLagSeconds,"
    "SuccessE2ELatency,SuccessServerLatency,Transactions"
)
UNKNOWN = (
    f"{STORAGE} is not a supported platform metric namespace, supported ones are "
    "Microsoft.Network/virtualNetworks,Microsoft.Network/publicIPAddresses"
)


def behaving(talk: str) -> Talk:
    """Storage accounts of which a metric behaves otherwise."""
    return Talk(f"{FLEET}behaviour_of:\n  {STORAGE}: {{absent: 0, {talk}: [egress]}}\n")


def of_region(names: str, filter: str = "Microsoft.ResourceId eq '*'") -> str:
    """A query for the metrics of a region."""
    return (
        f"{ARM}/subscriptions/{SHOP}/providers/Microsoft.Insights/metrics?api-version=2024-02-01"
        f"&region=westeurope&metricnamespace={STORAGE}&metricnames={names}&aggregation=total"
        f"&timespan=2026-03-02T08:00:00Z/2026-03-02T08:05:00Z&$filter={filter}"
    )


def of_resource(id: str, api: str, query: str = "") -> str:
    """A query for one resource."""
    return f"{ARM}{id}/providers/Microsoft.Insights/{api}?api-version=2024-02-01{query}"


def series(reply: Any) -> list[Any]:
    """The series of the first metric of the first item."""
    found: list[Any] = document(reply)["values"][0]["value"][0]["timeseries"]
    return found


def test_a_metric_that_one_resource_lacks() -> None:
    """It fails the whole call, in the words that Azure/azure-sdk-for-java#33240 quotes; the rest has it, and
    the definitions tell the resources apart. A region's metrics simply have no series of that resource.
    """
    talk = Talk(LACKING)
    query = f"metricnames=Ingress,Egress&aggregation=total&{SPAN}"
    assert error(talk.batch(query, [storage(1), ODD])) == (400, "BadRequest", MISSING)
    assert talk.batch(query, [storage(1), storage(2)]).status == 200
    assert talk.batch(query.replace(",Egress", ""), [storage(1), ODD]).status == 200
    reply = talk.ask("GET", of_resource(ODD, "metrics", "&metricnames=Egress"))
    assert (reply.status, document(reply)["message"]) == (400, MISSING)
    names = {
        id: {each["name"]["value"] for each in talk.get(of_resource(id, "metricDefinitions"))["value"]}
        for id in (storage(1), ODD)
    }
    assert names[storage(1)] - names[ODD] == {"Egress"}
    (metric,) = talk.get(of_region("Egress"))["value"]
    owners = {each["metadatavalues"][0]["value"] for each in metric["timeseries"]}
    assert storage(1) in owners and ODD not in owners


def test_a_metric_that_needs_a_split() -> None:
    """One of several is refused on every route, in the words that cloud-custodian/cloud-custodian#4548
    quotes, until it is split.
    """
    talk = behaving("needs_split")
    words = "Metric: Egress does not accept zero dimension case"
    query = f"metricnames=Ingress,Egress&aggregation=total&{SPAN}"
    assert error(talk.batch(query, [storage()]))[2] == words
    assert error(talk.ask("GET", of_region("Ingress,Egress")))[2] == words
    reply = talk.ask("GET", of_resource(storage(), "metrics", "&metricnames=Ingress,Egress"))
    assert document(reply)["message"] == words
    assert talk.batch(f"{query}&filter=ApiName eq '*'", [storage()]).status == 200
    assert talk.batch(query.replace(",Egress", ""), [storage()]).status == 200


def test_splits_that_bring_nothing() -> None:
    """A metric that has no series once it is split, and one whose series says no dimension."""
    query = f"metricnames=Egress&aggregation=total&{SPAN}"
    dimensions: list[list[Any]]
    for kind, dimensions in (("silent_split", []), ("unsplit", [[]])):
        talk = behaving(kind)
        split = series(talk.batch(f"{query}&filter=ApiName eq '*'", [storage()]))
        assert [each["metadatavalues"] for each in split] == dimensions
        (whole,) = series(talk.batch(query, [storage()]))
        assert all("total" in point for point in whole["data"])


@pytest.mark.parametrize("unknown", [False, True])
def test_types_that_no_api_takes(unknown: bool) -> None:
    """Each API has its words, as webdevops/azure-metrics-exporter#114 and Azure/BatchExplorer#1550 quote
    them; all of them may say that the namespace is unknown.
    """
    rows = "".join(f"  {api}: [{STORAGE}]\n" for api in ("batch", "subscription", "resource"))
    more = f"  unknown: [{STORAGE}]\n" if unknown else ""
    talk = Talk(f"{FLEET}refuses:\n{rows}{more}")
    reply = talk.ask("GET", of_resource(storage(), "metrics", "&metricnames=Egress"))
    said = (
        error(talk.batch(f"metricnames=Egress&{SPAN}", [storage()]))[2],
        error(talk.ask("GET", of_region("Egress")))[2],
        document(reply)["message"],
    )
    if unknown:
        assert said == (UNKNOWN, UNKNOWN, UNKNOWN)
    else:
        assert said == (
            f"Resource type '{STORAGE.lower()}' is not supported by the batch API.",
            f"Resource type: {STORAGE} not enabled for Cross Resource metrics",
            UNKNOWN,
        )


def test_dimensions_with_a_slash() -> None:
    """Application Insights names its dimensions so."""
    fleet = FLEET.replace(
        "      - {type: Microsoft.KeyVault/vaults",
        "      - {type: Microsoft.Insights/components, name: web}\n      - {type: Microsoft.KeyVault/vaults",
        1,
    )
    kind = (
        "types:\n  - type: Microsoft.Insights/components\n    metrics:\n"
        "      - {name: requests/count, dimensions: [request/resultCode, cloud/roleName]}\n"
    )
    talk = Talk(fleet + kind)
    web = f"/subscriptions/{SHOP}/resourceGroups/shop-westeurope/providers/Microsoft.Insights/components/web"
    asked = "&metricnames=requests/count&top=100&$filter=request/resultCode eq '*' and cloud/roleName eq '*'"
    (metric,) = talk.get(of_resource(web, "metrics", asked))["value"]
    assert {each["name"]["value"] for row in metric["timeseries"] for each in row["metadatavalues"]} == {
        "request/resultcode",
        "cloud/rolename",
    }
