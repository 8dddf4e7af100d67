"""The Azure collector over resources of one type that differ, against the simulator: kinds and SKUs, levels,
and values that change their spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exporters.simulated import SECRET, STORAGE, Azure, azure, fleet_text, own, samples

SITES = "Microsoft.Web/sites"
BUSES = "Microsoft.ServiceBus/namespaces"
CLUSTERS = "Microsoft.ContainerService/managedClusters"
TYPES = [
    {
        "type": SITES,
        "metrics": [
            {"name": "Requests", "aggregations": ["Total"]},
            {"name": "CpuTime", "unit": "Seconds", "aggregations": ["Total"]},
            {"name": "FunctionExecutionCount", "aggregations": ["Total"]},
        ],
    }
]


def sites(first: str, second: str) -> list[dict[str, Any]]:
    """Two web apps and a function app, called so that the one or the other comes first."""
    web = {"type": SITES, "kind": "app", "lacks": ["FunctionExecutionCount"]}
    function = {"type": SITES, "kind": "functionapp,linux", "lacks": ["CpuTime"]}
    return [
        {**web, "name": f"{first}-web-{{n}}", "count": 2},
        {**function, "name": f"{second}-function"},
    ]


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client secret that the fleet knows."""
    monkeypatch.setenv(SECRET, "simulator")


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Azure]:
    """Storage accounts, Service Bus namespaces and a cluster."""
    rows: list[dict[str, Any]] = [
        {"type": STORAGE, "name": "st{n}", "count": 2},
        {"type": BUSES, "name": "bus"},
        {"type": CLUSTERS, "name": "aks"},
    ]
    quiet = {"late": 0, "absent": 0, "lag": 0}
    with azure(tmp_path, fleet_text({"shop-a": rows}, behaviour=quiet)) as running:
        yield running


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
async def test_every_app_has_what_it_has(first: str, second: str, tmp_path: Path) -> None:
    """Function apps have their executions and web apps their time, whichever comes first by name, no call is
    refused, and nothing is said to be missing (tomkerkhove/promitor, issue 1238).
    """
    fleet = fleet_text({"shop-a": sites(first, second)}, types=TYPES)
    with azure(tmp_path, fleet) as running:
        names = ["Requests", "CpuTime", "FunctionExecutionCount"]
        collector = running.collector({"type": SITES, "names": names})
        found: dict[str, set[str]] = {}
        for _ in range(3):
            result = await collector.collect()
            running.forward()
        for name, labels in samples(result):
            if name.startswith("azure_web_sites_"):
                of_name = found.setdefault(name.removeprefix("azure_web_sites_"), set())
                of_name.add(labels.get("resource_name"))
        web = {f"{first}-web-1", f"{first}-web-2"}
        assert found == {
            "requests_total": {*web, f"{second}-function"},
            "cpu_time_seconds_total": web,
            "function_execution_count_total": {f"{second}-function"},
        }
        assert result.problems == ()
        assert own(collector, "azure_metrics_config_problems") == {}
        codes = own(collector, "azure_api_requests_total")
        assert {labels for labels in codes if 'code="200"' not in labels and "token" not in labels} == set()
        assert codes['{api="definitions",code="200"}'] == 2
        await collector.close()


async def test_kinds_that_have_the_same_metrics_cost_no_more_calls(tmp_path: Path) -> None:
    """Storage accounts of four SKUs are asked for definitions once each and read together."""
    rows: list[dict[str, Any]] = [
        {"type": STORAGE, "name": f"st{number}", "kind": "StorageV2", "sku": {"name": f"Standard_{sku}"}}
        for number, sku in enumerate(("LRS", "GRS", "ZRS", "RAGRS"))
    ]
    with azure(tmp_path, fleet_text({"shop-a": rows})) as running:
        collector = running.collector({"type": STORAGE, "names": ["Transactions", "Ingress"]})
        await collector.collect()
        assert own(collector, "azure_metrics_planned_calls")[""] == 1
        assert own(collector, "azure_api_requests_total")['{api="definitions",code="200"}'] == 4
        await collector.close()


async def test_a_level_is_the_value_of_its_interval(simulator: Azure) -> None:
    """`ActiveConnections` grew by itself with each minute; it is what Azure says of the minute. `as` decides
    otherwise for one row, both ways.
    """
    rows = (
        {"type": BUSES, "names": ["ActiveConnections", "IncomingMessages"]},
        {"type": CLUSTERS, "names": ["kube_pod_status_ready"], "as": "counter"},
        {"type": STORAGE, "names": ["Transactions"], "as": "gauge"},
    )
    collector = simulator.collector(*rows)
    for _ in range(3):
        simulator.forward()
        result = await collector.collect()
    found = {name: value for (name, _), value in samples(result).items()}
    kinds = {family.name: family.type for family in result.families}
    horizon = max(each.horizon for key, each in collector.states.items() if key.type == BUSES.lower())
    true = simulator.truth("bus", "ActiveConnections", "Total", horizon // 60 - 1)
    assert found["azure_servicebus_namespaces_active_connections"] == true
    assert {name: kind for name, kind in kinds.items() if name != "azure_resource_info"} == {
        "azure_servicebus_namespaces_active_connections": "gauge",
        "azure_servicebus_namespaces_incoming_messages_total": "counter",
        "azure_containerservice_managedclusters_kube_pod_status_ready_total": "counter",
        "azure_storage_storageaccounts_transactions": "gauge",
    }
    await collector.close()


async def test_values_spelt_in_turns_are_counted_once(simulator: Azure) -> None:
    """Every other cycle Azure spells `Primary` in small letters: the parts of each account still add up to
    the whole, over a restart too, and it is said that it happened
    (open-telemetry/opentelemetry-collector-contrib, issue 45942).
    """
    rows = (
        {"type": STORAGE, "names": ["Transactions"], "dimensions": ["GeoType"]},
        {"type": STORAGE, "names": ["Transactions"], "interval": "PT1M", "aggregations": ["Total"]},
    )
    for cycle in range(12):
        if cycle in (0, 6):
            parts = simulator.collector(rows[0], state="parts")
            whole = simulator.collector(rows[1], state="whole")
        if cycle % 2:
            simulator.order(kind="mixed-values")
        else:
            simulator.lift()
        of_parts, of_whole = await parts.collect(), await whole.collect()
        if cycle == 5:
            await parts.close()
            await whole.close()
        simulator.forward()
    name = "azure_storage_storageaccounts_transactions_total"
    added: dict[str, float] = {}
    spelt: set[str] = set()
    for (found, labels), value in samples(of_parts).items():
        if found == name:
            account = labels.get("resource_name")
            added[account] = added.get(account, 0.0) + value
            spelt.add(labels.get("geo_type"))
    assert added == {
        labels.get("resource_name"): value
        for (found, labels), value in samples(of_whole).items()
        if found == name
    }
    assert spelt == {"Primary", "Secondary"}
    mixed = own(parts, "azure_metrics_mixed_case_values")
    assert mixed == {f'{{label="geo_type",type="{STORAGE.lower()}"}}': 2.0}
    await parts.close()
    await whole.close()
