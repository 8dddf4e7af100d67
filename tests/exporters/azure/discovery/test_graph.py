"""Discovery: paging, both forms of Resource Graph, the fallback, and links that must not be followed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from exporters.azure.calls.http import Client, Traffic
from exporters.azure.discovery.graph import Discovered, discover, query
from exporters.azure.discovery.listing import same_host
from exporters.configuration.endpoints import Endpoints
from tests.exporters.azure.calls.test_http import OneToken
from tests.exporters.doubles import recorded

ONE = "11111111-1111-1111-1111-111111111111"
TWO = "22222222-2222-2222-2222-222222222222"
STORAGE = "Microsoft.Storage/storageAccounts"
FOREVER = float("inf")
Answer = Callable[[httpx.Request], httpx.Response]


def row(name: str, subscription: str = ONE, type: str = STORAGE, **more: Any) -> dict[str, Any]:
    """A resource as both APIs write it."""
    id = f"/subscriptions/{subscription}/resourceGroups/RG/providers/{type}/{name}"
    return {"id": id, "name": name, "type": type, "location": "westeurope", **more}


def refused(status: int = 403, code: str = "AuthorizationFailed") -> httpx.Response:
    """An error of ARM."""
    return httpx.Response(status, json={"error": {"code": code, "message": "No."}})


async def found(answer: Answer, *subscriptions: str, types: tuple[str, ...] = (STORAGE,)) -> Discovered:
    """What is discovered when Azure answers so."""
    client = Client(OneToken(), Traffic(), transport=httpx.MockTransport(answer))  # type: ignore[arg-type]  # same methods
    try:
        return await discover(client, Endpoints(), subscriptions or (ONE,), types, FOREVER)
    finally:
        await client.close()


def graph(*pages: dict[str, Any], seen: list[Any] | None = None) -> Answer:
    """Resource Graph with these pages; listings are empty."""
    waiting = list(pages)

    def answer(request: httpx.Request) -> httpx.Response:
        if "ResourceGraph" not in request.url.path:
            return httpx.Response(200, json={"value": []})
        if seen is not None:
            seen.append(json.loads(request.content))
        return httpx.Response(200, json=waiting.pop(0) if len(waiting) > 1 else waiting[0])

    return answer


def page(*rows: Any, **more: Any) -> dict[str, Any]:
    """A page of Resource Graph."""
    return {
        "totalRecords": 5,
        "count": len(rows),
        "data": list(rows),
        "facets": [],
        "resultTruncated": "false",
        **more,
    }


def names(result: Discovered) -> list[str]:
    """Names of what was found."""
    return sorted(each.name for each in result.resources.values())


async def test_pages_are_followed_by_skip_token() -> None:
    """The token of a page is sent with the next query, and nothing else changes."""
    seen: list[Any] = []
    result = await found(
        graph(
            page(row("a"), **{"$skipToken": "t1", "resultTruncated": "true"}),
            page(row("b"), **{"$skipToken": "t2"}),
            page(row("c", tags={"team": "shop"})),
            seen=seen,
        )
    )
    assert names(result) == ["a", "b", "c"]
    assert [each["options"] for each in seen] == [
        {"$top": 1000, "resultFormat": "objectArray"},
        {"$top": 1000, "resultFormat": "objectArray", "$skipToken": "t1"},
        {"$top": 1000, "resultFormat": "objectArray", "$skipToken": "t2"},
    ]
    assert {each["query"] for each in seen} == {query(frozenset({STORAGE.lower()}))}
    assert seen[0]["subscriptions"] == [ONE]


def test_the_query_whole() -> None:
    """Without the column id there is no paging; the order makes pages stable."""
    assert query(frozenset({"b/c", "a/b"})) == (
        "Resources | where type in~ ('a/b', 'b/c') | project id, location, tags, kind, sku | order by id asc"
    )


async def test_the_table_form_is_read_too() -> None:
    """Older versions answer with columns and rows; the recorded reply is one."""
    recording = recorded("resource-graph", "storage-table-format-recorded")["response"]["body"]
    assert names(await found(graph(recording))) == ["cctstoragey6akyqpagdt3o"]


@pytest.mark.parametrize(
    "pages",
    [
        (page(row("a"), **{"$skipToken": "t"}), page(row("b"), **{"$skipToken": "t"})),
        (page(row("a"), resultTruncated="true"),),
        (recorded("resource-graph", "truncated-without-skip-token")["response"]["body"],),
        ({"data": "none"},),
        ({"error": {}},),
    ],
    ids=["repeated token", "truncated without a token", "recorded", "other shape", "no data"],
)
async def test_what_cannot_be_relied_on_falls_back_to_listing(pages: tuple[dict[str, Any], ...]) -> None:
    """A list that may have holes is not used: ARM is asked instead."""
    ask = graph(*pages)

    def answer(request: httpx.Request) -> httpx.Response:
        if "ResourceGraph" in request.url.path:
            return ask(request)
        return httpx.Response(200, json={"value": [row("listed")]})

    assert names(await found(answer)) == ["listed"]


async def test_the_fallback_pages_by_next_link() -> None:
    """Links are followed word for word, also with another api-version, until there is none or null."""
    first = recorded("arm", "resources-list-page-1")["response"]["body"]
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if "ResourceGraph" in request.url.path:
            return refused()
        seen.append(str(request.url))
        if "skiptoken" in str(request.url):
            return httpx.Response(200, json={"value": [row("second")], "nextLink": None})
        return httpx.Response(200, json=first)

    result = await found(answer, types=(STORAGE, "Microsoft.ContainerService/managedClusters"))
    assert names(result) == ["aks1", "second", "shopdata"]
    assert seen[1] == first["nextLink"]
    asked = parse_qs(urlsplit(seen[0]).query)
    assert asked == {"api-version": ["2025-04-01"]}


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("https://evil.example/subscriptions/x?api-version=2025-04-01", "nextLink leads to another host"),
        ("http://management.azure.com/subscriptions/x", "nextLink leads to another host"),
        ("https://management.azure.com:8443/x", "nextLink leads to another host"),
        ("https://user@management.azure.com/x", "nextLink leads to another host"),
        ("/relative", "nextLink leads to another host"),
        ("https://[", "nextLink leads to another host"),
        ("same", "nextLink leads in a circle"),
    ],
)
async def test_bad_links_are_not_followed(link: str, problem: str) -> None:
    """The token goes to the first host only, and a circle ends; the subscription has a problem of its own."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "ResourceGraph" in request.url.path:
            return refused()
        if ONE in request.url.path:
            return httpx.Response(
                200, json={"value": [row("a")], "nextLink": str(request.url) if link == "same" else link}
            )
        return httpx.Response(200, json={"value": [row("b", TWO)]})

    result = await found(answer, ONE, TWO)
    assert names(result) == ["b"]
    assert problem in str(result.problems[ONE])
    assert list(result.problems) == [ONE]


async def test_a_subscription_without_resources_is_asked_why() -> None:
    """Resource Graph leaves out what the caller may not see; ARM says 403."""

    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if "ResourceGraph" in request.url.path:
            return httpx.Response(200, json=page(row("a")))
        seen.append(parse_qs(urlsplit(str(request.url)).query)["$filter"][0])
        return refused()

    result = await found(answer, ONE, TWO)
    assert names(result) == ["a"]
    assert seen == ["resourceType eq 'microsoft.storage/storageaccounts'"]
    assert str(result.problems[TWO]) == "resources: 403 AuthorizationFailed: No."


async def test_rows_that_make_no_sense_are_skipped_and_counted() -> None:
    """One bad row does not take the others along; types that were not asked for are not taken."""
    result = await found(
        graph(
            page(
                row("good"),
                {"name": "no id"},
                {"id": 5},
                {"id": "/subscriptions/x"},
                row("far", location=7),
                row("vm", type="Microsoft.Compute/virtualMachines"),
            )
        )
    )
    assert names(result) == ["good"]
    assert result.skipped == 4


async def test_many_subscriptions_are_asked_in_parts() -> None:
    """Resource Graph wants fewer than 300 at once."""
    seen: list[Any] = []
    subscriptions = [f"{n:08}-0000-0000-0000-000000000000" for n in range(450)]
    await found(graph(page(), seen=seen), *subscriptions)
    assert [len(each["subscriptions"]) for each in seen] == [200, 200, 50]


def test_ports_that_are_the_same_are_the_same() -> None:
    """A default port may be written out."""
    assert same_host("https://a.example:443/x", "https://a.example/arm")
    assert same_host("https://A.example/x", "https://a.example")
