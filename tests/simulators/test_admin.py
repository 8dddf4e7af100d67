"""The side door: clock, faults, truth, calls and resources, without an Azure token."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulators.azure import admin
from simulators.azure.app import AzureSimulator
from simulators.azure.health import own_page
from simulators.azure.intervals import instant
from simulators.azure.routing import route
from tests.simulators.talk import ARM, FLEET, NOON, SHOP, Talk, document, storage


def sim(talk: Talk, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Status and document of a call to `/sim…`."""
    target = talk.target(method, f"https://127.0.0.1:8443/sim{path}", _bytes(body), token=None)
    assert target.room == "admin"
    reply = admin.answer(talk.world, target.request)
    return reply.status, document(reply)


def _bytes(body: Any) -> bytes:
    return b"" if body is None else msgspec.json.encode(body)


def test_clock(talk: Talk) -> None:
    """It says where it stands, is set, is advanced, runs and stands."""
    noon = instant(NOON)
    assert sim(talk, "GET", "/clock") == (200, {"mode": "manual", "now": NOON, "seconds": noon})
    assert sim(talk, "POST", "/clock", {"advance": 90})[1]["now"] == "2026-03-02T12:01:30Z"
    assert sim(talk, "POST", "/clock", {"set": "2026-04-01T00:00:00Z"})[1]["now"] == "2026-04-01T00:00:00Z"
    assert sim(talk, "POST", "/clock", {"advance": -3600})[1]["now"] == "2026-03-31T23:00:00Z"
    running = sim(talk, "POST", "/clock", {"mode": "running", "set": NOON})[1]
    assert running["mode"] == "running"
    assert talk.world.clock.now() > running["seconds"]
    assert sim(talk, "POST", "/clock", {"mode": "manual"})[1]["mode"] == "manual"
    assert talk.world.clock.now() == talk.world.clock.now()


@pytest.mark.parametrize(
    "body",
    [
        {"advance": "much"},
        {"set": "tomorrow"},
        {"set": NOON, "advance": 1},
        {"mode": "backwards"},
        {"speed": 2},
        [],
    ],
)
def test_bad_clock(talk: Talk, body: Any) -> None:
    """What the clock does not understand it refuses, and stays where it is."""
    assert sim(talk, "POST", "/clock", body)[0] == 400
    assert talk.world.clock.now() == instant(NOON)


def test_truth(talk: Talk) -> None:
    """The value over a range, and whether it is settled by now."""
    path = f"/truth?resource={storage()}&metric=egress&aggregation=Total&time=2026-03-02T08:00:00Z"
    status, body = sim(talk, "GET", path)
    query = (
        "metricnames=Egress&aggregation=total&timespan=2026-03-02T08:00:00Z/2026-03-02T08:05:00Z&"
        "interval=PT5M"
    )
    reply = talk.get(f"{ARM}{storage()}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&{query}")
    (point,) = reply["value"][0]["timeseries"][0]["data"]
    assert status == 200
    assert {
        key: body[key] for key in ("resource", "metric", "aggregation", "unit", "time", "minutes", "settled")
    } == {
        "resource": storage(),
        "metric": "Egress",
        "aggregation": "total",
        "unit": "Bytes",
        "time": "2026-03-02T08:00:00Z",
        "minutes": 1,
        "settled": True,
    }
    assert sim(talk, "GET", path + "&interval=PT5M")[1]["value"] == point["total"]
    assert sim(talk, "GET", path.replace("08:00", "11:58"))[1]["settled"] is False
    shares = [
        sim(talk, "GET", f"{path}&dimensions=GeoType={name}")[1]["value"] for name in ("Primary", "Secondary")
    ]
    assert sum(shares) == body["value"]


def test_truth_of_several_intervals(talk: Talk) -> None:
    """The same values as when each is asked for by itself, the newest first."""
    path = f"/truth?resource={storage()}&metric=egress&aggregation=Total&interval=PT5M"
    body = sim(talk, "GET", f"{path}&time=2026-03-02T08:10:00Z&count=3")[1]
    single = [
        sim(talk, "GET", f"{path}&time=2026-03-02T08:{at}:00Z")[1]["value"] for at in ("10", "05", "00")
    ]
    assert body["values"] == single
    assert body["value"] == single[0]


def test_metrics(talk: Talk) -> None:
    """What a type has, as its definitions say; a type that no resource is of is refused."""
    body = sim(talk, "GET", "/metrics?type=microsoft.storage/storageaccounts")[1]
    assert body["type"] == "Microsoft.Storage/storageAccounts"
    assert {"name": "Egress", "unit": "Bytes", "primary": "Total"}.items() <= next(
        each for each in body["metrics"] if each["name"] == "Egress"
    ).items()
    assert sim(talk, "GET", "/metrics?type=Microsoft.Cache/redis")[0] == 404
    assert sim(talk, "GET", "/metrics")[0] == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("resource=/none&metric=Egress&time=0", 404),
        (f"resource={storage()}&metric=Colour&time=0", 400),
        (f"resource={storage()}&metric=Egress&aggregation=median&time=0", 400),
        (f"resource={storage()}&metric=Egress", 400),
        (f"resource={storage()}&metric=Egress&time=noon", 400),
        (f"resource={storage()}&metric=Egress&time=0&interval=ten", 400),
        (f"resource={storage()}&metric=Egress&time=0&interval=P1000D", 400),
        (f"resource={storage()}&metric=Egress&time=0&dimensions=GeoType", 400),
        (f"resource={storage()}&metric=Egress&time=0&count=2", 400),
        (f"resource={storage()}&metric=Egress&time=-60", 400),
        (f"resource={storage()}&metric=Egress&time=60000&count=0", 400),
        (f"resource={storage()}&metric=Egress&time=60000&count=many", 400),
        (f"resource={storage()}&metric=Egress&time=9e9&count=100001", 400),
    ],
)
def test_bad_truth(talk: Talk, query: str, status: int) -> None:
    """A question that cannot be answered is refused."""
    assert sim(talk, "GET", f"/truth?{query}")[0] == status


def test_faults(talk: Talk) -> None:
    """Ordered, listed with what they did, lifted one by one or all."""
    fault = {"name": "busy", "kind": "status", "status": 503}
    assert sim(talk, "POST", "/faults", fault)[1] == {"faults": [{**fault, "seen": 0, "struck": 0}]}
    url = f"{ARM}/subscriptions/{SHOP}/resources?api-version=2025-04-01"
    assert talk.ask("GET", url).status == 503
    assert sim(talk, "GET", "/faults")[1]["faults"][0]["struck"] == 1
    assert (
        sim(talk, "POST", "/faults", [{"name": "a", "kind": "html"}, {"name": "b", "kind": "gzip"}])[0] == 200
    )
    assert sim(talk, "DELETE", "/faults/busy")[1] == {"lifted": 1}
    assert sim(talk, "DELETE", "/faults/busy")[1] == {"lifted": 0}
    assert sim(talk, "DELETE", "/faults")[1] == {"lifted": 2}
    assert talk.ask("GET", url).status == 200
    assert sim(talk, "POST", "/faults", {"name": "x", "kind": "explode"})[0] == 400


def test_deletion_and_return(talk: Talk) -> None:
    """A resource is deleted and restored while the simulator runs."""
    url = f"{ARM}/subscriptions/{SHOP}/resources?api-version=2025-04-01"
    assert sim(talk, "POST", "/resources/delete", {"id": storage()})[1]["deleted"] == NOON
    assert "data01" not in [one["name"] for one in talk.get(url)["value"]]
    assert sim(talk, "POST", "/resources/restore", {"id": storage()})[0] == 200
    assert "data01" in [one["name"] for one in talk.get(url)["value"]]
    assert sim(talk, "POST", "/resources/delete", {"id": "/none"})[0] == 404


def test_resources(talk: Talk) -> None:
    """Everything that exists, sub-resources included, by type and subscription."""
    found = sim(talk, "GET", "/resources?type=Microsoft.Storage/storageAccounts&subscription=shop")[1][
        "resources"
    ]
    assert [one["name"] for one in found] == ["data01", "data02", "data03", "quiet"]
    assert found[0] == {
        "id": storage(),
        "name": "data01",
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "resourceGroup": "shop-westeurope",
        "subscriptionId": SHOP,
        "subscription": "shop",
        "listed": True,
        "lives": True,
    }
    unlisted = [one for one in sim(talk, "GET", "/resources")[1]["resources"] if not one["listed"]]
    assert {one["name"] for one in unlisted} == {
        "data01/default",
        "data02/default",
        "data03/default",
        "quiet/default",
    }


def test_revoked_tokens(talk: Talk) -> None:
    """Tokens issued before are worthless, later ones are good."""
    token = talk.token()
    assert sim(talk, "POST", "/tokens/revoke")[0] == 200
    url = f"{ARM}/subscriptions?api-version=2022-12-01"
    assert talk.ask("GET", url, token=token).status == 401
    assert talk.ask("GET", url).status == 200


def test_unknown_door(talk: Talk) -> None:
    """A path it does not serve lists those it does."""
    status, body = sim(talk, "GET", "/nothing")
    assert status == 404
    assert "GET /sim/truth" in body["error"]["message"]


async def test_calls_are_counted_and_shown() -> None:
    """Calls by API, subscription and status, as a document and as metrics."""
    talk = Talk(FLEET + "faults: [{name: busy, kind: status, status: 503, times: 1}]\n")
    app = AzureSimulator(talk.world)
    token = talk.token()
    for _ in range(3):
        await call(app, f"/arm/subscriptions/{SHOP}/resources", "api-version=2025-04-01", token)
    assert sim(talk, "GET", "/calls")[1] == {
        "calls": [
            {"api": "resources", "subscription": SHOP, "status": 200, "count": 2},
            {"api": "resources", "subscription": SHOP, "status": 503, "count": 1},
        ],
        "throttled": [],
        "tokens": 1,
    }
    page = own_page(talk.world, route("GET", "127.0.0.1:8443", "/metrics", "", {}, b"").request)
    assert page is not None
    lines = page.content().decode().splitlines()
    assert 'azure_simulator_requests_total{api="resources",status="200"} 2.0' in lines
    assert 'azure_simulator_faults_total{fault="busy"} 1.0' in lines
    assert "azure_simulator_resources 9.0" in lines
    assert sim(talk, "DELETE", "/calls")[1]["calls"] == []


async def call(app: AzureSimulator, path: str, query: str, token: str) -> None:
    """One GET through the application itself."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8443"), (b"authorization", f"Bearer {token}".encode())],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Any) -> None:
        return

    await app(scope, receive, send)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_own_pages(talk: Talk, path: str) -> None:
    """Health and metrics without a token."""
    page = own_page(talk.world, talk.target("GET", f"https://127.0.0.1:8443{path}", token=None).request)
    assert page is not None
    assert page.status == 200
