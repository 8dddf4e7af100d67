"""Resource Graph: the queries of a discovery, paging, quota, and the refusal of all else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.talk import (
    ARM,
    BACK,
    CLIENT,
    FLEET,
    FOREIGN,
    OTHER_TENANT,
    SHOP,
    TENANT,
    Talk,
    document,
    storage,
)

GRAPH = f"{ARM}/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01"


def names(talk: Talk, query: str, **more: Any) -> list[str]:
    """The names that a query gives."""
    return [row["name"] for row in talk.post(GRAPH, {"query": query, **more})["data"]]


def test_discovery_query(talk: Talk) -> None:
    """The query of an exporter, its reply whole."""
    query = (
        "Resources | where type in~ ('Microsoft.KeyVault/vaults') "
        f"| where subscriptionId =~ '{SHOP}' "
        "| project id, name, type, location, resourceGroup, subscriptionId, tags, sku, kind"
    )
    group = f"/subscriptions/{SHOP}/resourceGroups/shop-northeurope"
    assert talk.post(GRAPH, {"query": query, "options": {"resultFormat": "objectArray"}}) == {
        "totalRecords": 1,
        "count": 1,
        "data": [
            {
                "id": f"{group}/providers/Microsoft.KeyVault/vaults/vault",
                "name": "vault",
                "type": "microsoft.keyvault/vaults",
                "location": "northeurope",
                "resourceGroup": "shop-northeurope",
                "subscriptionId": SHOP,
                "tags": None,
                "sku": None,
                "kind": "",
            }
        ],
        "facets": [],
        "resultTruncated": "false",
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("resources", ["aks1", "vault", "data01", "data02", "data03", "quiet", "vm-1", "vm-2"]),
        ("Resources | where type == 'microsoft.compute/virtualmachines'", ["vm-1", "vm-2"]),
        ("Resources | where type == 'Microsoft.Compute/virtualMachines'", []),
        ("Resources | where type =~ 'Microsoft.Compute/virtualMachines'", ["vm-1", "vm-2"]),
        ("Resources | where tags.team == 'shop'", ["data01", "data02", "data03"]),
        ("Resources | where tags['team'] =~ 'SHOP' and name !endswith '2'", ["data01", "data03"]),
        ("Resources | where name startswith 'VM' or name contains 'AUL'", ["vault", "vm-1", "vm-2"]),
        ("Resources | where not(location == 'westeurope')", ["vault"]),
        ("Resources | where (name == 'vm-1' or name == 'vm-2') and name != 'vm-1'", ["vm-2"]),
        ("Resources | where name matches regex '^vm-[0-9]$'", ["vm-1", "vm-2"]),
        ("Resources | where name !in ('vm-1') and type has 'compute'", ["vm-2"]),
        ("Resources | where resourceGroup == 'mixed-case' // a comment", ["aks1"]),
        ("Resources | where isnotempty(tags) | order by name desc | limit 2", ["data03", "data02"]),
        ('Resources | where name in~ ("VM-1") | extend shown = tolower(type)', ["vm-1"]),
        ("Resources | where type =~ 'microsoft.storage/storageaccounts/blobservices'", []),
        (
            "Resources | extend team = tags.team | where team == 'shop' | project name",
            ["data01", "data02", "data03"],
        ),
        ("Resources | where tags in ('a') or name == 'vm-1'", ["vm-1"]),
    ],
)
def test_queries(talk: Talk, query: str, expected: list[str]) -> None:
    """Operators do what Kusto says they do."""
    assert [name for name in names(talk, query) if name] == expected


def test_columns_are_called_after_their_path(talk: Talk) -> None:
    """A property projected without a name is `tags_team`, also through a function."""
    query = "Resources | where name == 'data01' | project tags.team, kept = name, tolower(tags['team'])"
    assert talk.post(GRAPH, {"query": query})["data"] == [{"tags_team": "shop", "kept": "data01"}]


def test_aggregates(talk: Talk) -> None:
    """count and summarize count() by."""
    assert talk.post(GRAPH, {"query": "Resources | count"})["data"] == [{"Count": 8}]
    query = f"Resources | where subscriptionId == '{SHOP}' | summarize many = count() by location"
    assert sorted(talk.post(GRAPH, {"query": query})["data"], key=str) == [
        {"location": "northeurope", "many": 1},
        {"location": "westeurope", "many": 5},
    ]


@pytest.mark.parametrize(
    "query",
    [
        "ResourceContainers | project id",
        "Resources | join kind=inner (Resources) on id",
        "Resources | where properties.x > 3",
        "Resources | where type in ()",
        "Resources | where (name == 'a'",
        "Resources | where name == ",
        "Resources | where colour == 'red'",
        "Resources | limit 'many'",
        "Resources | where name matches regex '['",
        "Resources project id",
        "Resources | §",
        "Resources | mv-expand tags",
        "Resources | project name | where type == 'x'",
        "Resources | project-away name | order by name",
        "Resources | where " + "(" * 3000 + "name == 'a'" + ")" * 3000,
        "|",
    ],
)
def test_what_is_not_understood_is_refused(talk: Talk, query: str) -> None:
    """A query outside the subset is a 400 that says so, never a wrong answer."""
    reply = talk.ask("POST", GRAPH, {"query": query})
    body = document(reply)
    assert reply.status == 400
    assert body["error"]["code"] == "BadRequest"
    assert body["error"]["details"][0]["code"] == "InvalidQuery"
    assert body["error"]["details"][0]["message"].startswith("Query is invalid.")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "InvalidQuery"),
        ({"query": " "}, "InvalidQuery"),
        ([], "InvalidQuery"),
        ({"query": "Resources", "options": {"$top": 1001}}, "InvalidTop"),
        ({"query": "Resources", "options": {"$top": 0}}, "InvalidTop"),
        ({"query": "Resources", "options": {"$skip": "two"}}, "InvalidSkip"),
        ({"query": "Resources", "options": {"resultFormat": "csv"}}, "InvalidResultFormat"),
        ({"query": "Resources", "options": []}, None),
        ({"query": "Resources", "options": 3}, "InvalidOptions"),
    ],
)
def test_bad_bodies(talk: Talk, body: Any, code: str | None) -> None:
    """What is wrong in the body is named."""
    reply = talk.ask("POST", GRAPH, body)
    if code is None:
        assert reply.status == 200
    else:
        assert (reply.status, document(reply)["error"]["details"][0]["code"]) == (400, code)


def test_body_that_is_not_json(talk: Talk) -> None:
    """A broken body is a 400 in the usual form."""
    reply = talk.ask("POST", GRAPH, b"{")
    assert (reply.status, document(reply)["error"]["code"]) == (400, "InvalidRequestContent")


def test_paging(talk: Talk) -> None:
    """Following $skipToken gives every row once, in one order."""
    found: list[str] = []
    options: dict[str, Any] = {"$top": 2}
    for _ in range(3):
        page = talk.post(
            GRAPH, {"query": "Resources | project id, name", "subscriptions": [SHOP], "options": options}
        )
        found += [row["name"] for row in page["data"]]
        assert page["totalRecords"] == 6
        options = {"$top": 2, "$skipToken": page.get("$skipToken")}
    assert found == ["aks1", "vault", "data01", "data02", "data03", "quiet"]
    assert options["$skipToken"] is None


def test_without_id_there_is_no_next_page(talk: Talk) -> None:
    """A query that drops the column id is cut: truncated, and no token."""
    page = talk.post(GRAPH, {"query": "Resources | project name", "options": {"$top": 2}})
    assert page["resultTruncated"] == "true"
    assert "$skipToken" not in page
    assert page["count"] == 2
    assert page["totalRecords"] == 8


def test_scopes(talk: Talk) -> None:
    """Subscriptions and management groups narrow; what the caller may not read is silently absent."""
    assert names(talk, "Resources | project name", subscriptions=[BACK]) == ["vm-1", "vm-2"]
    assert len(names(talk, "Resources | project name", managementGroups=["ALL"])) == 8
    assert names(talk, "Resources | project name", managementGroups=["none"]) == []
    assert names(talk, "Resources | project name", subscriptions=[]) == []
    few = Talk(FLEET + f"principals: [{{client_id: {CLIENT}, secret: s, subscriptions: [back]}}]\n")
    assert names(few, "Resources | project name") == ["vm-1", "vm-2"]


def test_quota(talk: Talk) -> None:
    """15 queries in 5 seconds, counted down in the headers; then 429; then 15 again."""
    replies = [talk.ask("POST", GRAPH, {"query": "Resources | count"}) for _ in range(16)]
    assert replies[0].headers["x-ms-user-quota-remaining"] == "14"
    assert replies[0].headers["x-ms-user-quota-resets-after"] == "00:00:05"
    assert [reply.status for reply in replies] == [200] * 15 + [429]
    assert replies[15].headers["retry-after"] == "5"
    talk.world.clock.jump(talk.world.clock.now() + 5)
    assert talk.ask("POST", GRAPH, {"query": "Resources | count"}).status == 200


def test_table_form(talk: Talk) -> None:
    """A table when asked for, and by default in the version before 2020."""
    body = {"query": "Resources | where name == 'data01' | project id, tags"}
    table = {
        "columns": [{"name": "id", "type": "string"}, {"name": "tags", "type": "object"}],
        "rows": [[storage(1), {"team": "shop"}]],
    }
    assert talk.post(GRAPH, {**body, "options": {"resultFormat": "table"}})["data"] == table
    assert talk.post(GRAPH.replace("2024-04-01", "2019-04-01"), body)["data"] == table


def test_graph_lags_behind() -> None:
    """A deleted resource stays in the graph for as long as the fleet says."""
    talk = Talk(FLEET + "graph_lag: 60\n")
    now = talk.world.clock.now()
    talk.world.inventory.resources[storage(1).lower()].deleted = now
    talk.world.clock.jump(now + 59)
    assert "data01" in names(talk, "Resources | project name")
    talk.world.clock.jump(now + 60)
    assert "data01" not in names(talk, "Resources | project name")


def test_foreign_tenant_is_not_in_the_graph(talk: Talk) -> None:
    """A token sees the subscriptions of its own tenant only."""
    body = {"query": "Resources | project name, tenantId"}
    mine = talk.post(GRAPH, body)["data"]
    theirs = document(talk.ask("POST", GRAPH, body, token=talk.token(tenant=OTHER_TENANT)))["data"]
    assert {row["tenantId"] for row in mine} == {TENANT}
    assert [row["name"] for row in theirs] == ["theirs"]
    assert FOREIGN not in str(mine)
