"""The three ways to a metric: which is taken, what a refusal teaches, and that all of them tell the truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporters.azure.calls.refusal import NO_SUCH_HOST, of_an_id, of_type
from exporters.azure.errors import AzureError, Refused, Throttled
from exporters.azure.metrics.plan import Key
from exporters.azure.metrics.routes import REMEMBER_SECONDS, ROUTES, Refusals
from exporters.collectors.azure_metrics import AzureMetrics
from tests.exporters.simulated import GATEWAYS, SECRET, STORAGE, Azure, azure, fleet_text, of, own

INGRESS = "azure_storage_storageaccounts_ingress_bytes_total"
ROWS = (
    {"type": STORAGE, "names": ["Ingress"]},
    {"type": STORAGE, "names": ["Egress"], "dimensions": ["ApiName"], "interval": "PT5M"},
    {"type": GATEWAYS, "names": ["ResponseStatus"], "dimensions": ["HttpStatusGroup"]},
)
RESOURCES: dict[str, list[dict[str, Any]]] = {
    "shop-a": [
        {"type": STORAGE, "name": "st{n}", "count": 3},
        {"type": STORAGE, "name": "world", "region": "global"},
        {"type": GATEWAYS, "name": "gw{n}", "count": 2},
    ]
}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulated application signs in with."""
    monkeypatch.setenv(SECRET, "simulator")


@pytest.fixture(params=["batch", "subscription", "resource"])
def refusing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Azure]]:
    """An Azure whose types leave one route open."""
    closed = [STORAGE, GATEWAYS]
    refuses = {
        "batch": {},
        "subscription": {"batch": closed},
        "resource": {"batch": closed, "subscription": closed},
    }[request.param]
    with azure(tmp_path, fleet_text(RESOURCES, refuses=refuses)) as running:
        yield request.param, running


def calls(collector: AzureMetrics, api: str) -> float:
    """Attempts to call an API."""
    found = own(collector, "azure_api_requests_total")
    return sum(count for labels, count in found.items() if f'api="{api}"' in labels)


async def test_each_route_tells_the_truth(refusing: tuple[str, Azure]) -> None:
    """Whichever route is left: counters are the sum of the truth, also split by a dimension and in `global`;
    the route is shown, and a refusal costs one call.
    """
    open_, simulator = refusing
    collector = simulator.collector(*ROWS)
    for _ in range(12):
        result = await collector.collect()
        assert result.problems == ()
        simulator.forward()
    assert set(of(result, INGRESS)) == {"st1", "st2", "st3", "world"}
    for key, track in collector.ledger.tracks.items():
        name = key.resource.rsplit("/", 1)[1]
        metric = {"ingress": "Ingress", "egress": "Egress", "responsestatus": "ResponseStatus"}[key.metric]
        until = min([track.until, *(at for each in track.counters.values() for at in each.recent)])
        true = sum(
            simulator.truth(name, metric, "Total", minute) or 0.0
            for minute in range(track.since // 60, until // 60)
        )
        settled = sum(each.total - sum(each.recent.values()) for each in track.counters.values())
        assert settled == pytest.approx(true, rel=1e-9)
        assert any(each.total for each in track.counters.values())
    routes = own(collector, "azure_metrics_route")
    assert len(routes) == 3
    assert all(f'route="{open_}"' in labels for labels in routes)
    refused = {
        labels: count
        for labels, count in own(collector, "azure_api_requests_total").items()
        if 'code="400"' in labels
    }
    assert sum(refused.values()) <= len(collector.states) * (
        ["batch", "subscription", "resource"].index(open_)
    )
    assert own(collector, "azure_metrics_batch_splits_total") == {"": 0.0}
    await collector.close()


async def test_a_refusal_outlives_a_restart_and_expires(tmp_path: Path) -> None:
    """The next process does not ask again; after a day it does."""
    with azure(tmp_path, fleet_text(RESOURCES, refuses={"batch": [STORAGE]})) as simulator:
        first = simulator.collector(ROWS[0], state="counters")
        await first.collect()
        assert calls(first, "batch") == 2
        await first.close()
        second = simulator.collector(ROWS[0], state="counters")
        await second.collect()
        assert (calls(second, "batch"), calls(second, "metrics-subscription")) == (0, 2)
        simulator.forward(REMEMBER_SECONDS)
        assert (await second.collect()).problems == ()
        assert calls(second, "batch") == 2
        await second.close()


async def test_a_bad_id_is_alone_on_its_own_route(tmp_path: Path) -> None:
    """Read one by one, the resource that is refused is left out and the others are served."""
    closed = {"batch": [STORAGE], "subscription": [STORAGE]}
    with azure(tmp_path, fleet_text(RESOURCES, refuses=closed)) as simulator:
        simulator.order(kind="bad-id", resource="st2", apis=["metrics"])
        collector = simulator.collector(ROWS[0])
        result = await collector.collect()
        assert result.problems == ()
        assert set(of(result, INGRESS)) == {"st1", "st3", "world"}
        assert own(collector, "azure_metrics_refused_resources") == {"": 1.0}
        await collector.close()


async def test_missing_rights_are_not_gone_around(tmp_path: Path) -> None:
    """Without the right to read metrics the batch API is asked and no other; the reason is said."""
    principal = {
        "client_id": "00000000-0000-4000-8000-0000000000c1",
        "secret": "simulator",
        "denied": ["Microsoft.Insights/metrics/read"],
    }
    with azure(tmp_path, fleet_text(RESOURCES, principals=[principal])) as simulator:
        collector = simulator.collector(ROWS[0])
        result = await collector.collect()
        assert "401 Unauthorized" in result.problems[0]
        assert calls(collector, "metrics") == calls(collector, "metrics-subscription") == 0
        assert set(own(collector, "azure_metrics_up").values()) == {0.0}
        await collector.close()


KEY = Key("s", "westeurope", "a/b", "PT1M", ("Total",), ())


def test_the_best_open_route() -> None:
    """In their order; the last one is never closed, and what expired is open again."""
    refusals = Refusals()
    assert refusals.route(KEY, 0).name == "batch"
    assert refusals.learn(KEY, ROUTES[0], 0)
    assert refusals.route(KEY, 1).name == "subscription"
    assert refusals.route(KEY._replace(region="global"), 1).name == "batch"
    assert refusals.route(KEY, REMEMBER_SECONDS).name == "batch"
    assert not refusals.learn(KEY, ROUTES[-1], 0)
    assert refusals.current(1) == {("a/b", "westeurope", "batch"): REMEMBER_SECONDS}
    assert refusals.current(REMEMBER_SECONDS) == {}


@pytest.mark.parametrize(
    ("error", "type", "id"),
    [
        (
            Refused(
                "batch: 400 BadRequest: Resource type 'a/b' is not supported by the batch API.", status=400
            ),
            1,
            0,
        ),
        (
            Refused(
                "metrics-subscription: 400 BadRequest: Resource type: Microsoft.ServiceBus/namespaces not "
                "enabled for Cross Resource metrics",
                status=400,
            ),
            1,
            0,
        ),
        (
            Refused(
                "metrics: 400 BadRequest: microsoft.batch/batchaccounts is not a supported platform metric "
                "namespace, supported ones are Microsoft.Network/virtualNetworks",
                status=400,
            ),
            1,
            0,
        ),
        (Refused("batch: 400 NotSupported", status=400, code="NotSupported"), 1, 0),
        (Refused("batch: 405 x", status=405), 1, 0),
        (AzureError("batch: 501 x", status=501), 1, 0),
        (AzureError("batch: no reply", code=NO_SUCH_HOST, api="batch"), 1, 0),
        (AzureError("metrics: no reply", code=NO_SUCH_HOST, api="metrics"), 0, 0),
        (Refused("batch: 404 ResourceNotFound", status=404, code="ResourceNotFound"), 0, 1),
        (Refused("batch: 400 BadRequest: One of the ids", status=400), 0, 1),
        (Refused("batch: 400 Failed to find metric configuration for provider", status=400), 0, 0),
        (Refused("batch: 401 Unauthorized", status=401), 0, 0),
        (Refused("batch: 403 AuthorizationFailed", status=403), 0, 0),
        (AzureError("batch: 500 x", status=500), 0, 1),
        (Throttled("batch: 429 x", seconds=None, status=429), 0, 0),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_a_refusal_is_about(error: AzureError, type: int, id: int) -> None:
    """The type as such, one of the ids, or neither; never both. The words of types are those that
    webdevops/azure-metrics-exporter#114 and Azure/BatchExplorer#1550 quote.
    """
    assert (of_type(error), of_an_id(error)) == (bool(type), bool(id))
