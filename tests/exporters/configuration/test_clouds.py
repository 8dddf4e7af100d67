"""Clouds by name: their addresses, what overrides them, and that each is asked as it wants to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from estate.model import Cloud, Tenant
from exporters.azure.calls.clients import Clients
from exporters.collectors import build
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.configuration.clouds import ADDRESSES, reached
from exporters.configuration.endpoints import Endpoints
from exporters.configuration.load import load
from tests.exporters.configuration.test_config import GOOD
from tests.exporters.simulated import SECRET, STORAGE, TENANT, azure, fleet_text, of

CLOUDS: dict[Cloud, dict[str, str]] = {
    "public": {
        "authority": "https://login.microsoftonline.com",
        "arm": "https://management.azure.com",
        "metrics": "https://{region}.metrics.monitor.azure.com",
        "arm_scope": "https://management.azure.com/.default",
        "metrics_scope": "https://metrics.monitor.azure.com/.default",
    },
    "china": {
        "authority": "https://login.partner.microsoftonline.cn",
        "arm": "https://management.chinacloudapi.cn",
        "metrics": "https://{region}.metrics.monitor.azure.cn",
        "arm_scope": "https://management.chinacloudapi.cn/.default",
        "metrics_scope": "https://metrics.monitor.azure.cn/.default",
    },
    "usgov": {
        "authority": "https://login.microsoftonline.us",
        "arm": "https://management.usgovcloudapi.net",
        "metrics": "https://{region}.metrics.monitor.azure.us",
        "arm_scope": "https://management.usgovcloudapi.net/.default",
        "metrics_scope": "https://metrics.monitor.azure.us/.default",
    },
}


@pytest.mark.parametrize("cloud", get_args(Cloud))
def test_addresses(cloud: Cloud) -> None:
    """Compared whole; everything else stays as it is."""
    found = reached(Endpoints(lag="5m"), cloud)
    assert {key: getattr(found, key) for key in ADDRESSES} == CLOUDS[cloud]
    assert (found.lag, found.api_versions) == ("5m", Endpoints().api_versions)


@pytest.mark.parametrize("key", ADDRESSES)
def test_each_address_is_overridden_by_itself(key: str) -> None:
    """Also by the value that is the public cloud's default."""
    for own in ("https://elsewhere.example/.default", CLOUDS["public"][key]):
        found = reached(Endpoints.model_validate({key: own}), "china")
        assert {each: getattr(found, each) for each in ADDRESSES} == {**CLOUDS["china"], key: own}


def test_a_tenant_is_reached_in_its_cloud(tmp_path: Path) -> None:
    """From the file to the client of each tenant."""
    document = yaml.safe_load(GOOD)
    del document["azure"]
    other = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0009"
    document["tenants"]["gov"] = {"id": other, "cloud": "usgov", "credential": {"kind": "cli"}}
    document["subscriptions"]["gov"] = {"id": "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0009", "tenant": "gov"}
    document["exporters"]["azure"]["scope"] = ["prod", "gov"]
    file = tmp_path / "exporter.yaml"
    file.write_text(yaml.safe_dump(document))
    collector = build(load(file), None)[0]
    assert isinstance(collector, AzureMetrics)
    reach = [collector.clients.reach(scope.tenant) for scope in collector.catalogue.scopes]
    assert [each.arm for each in reach] == [CLOUDS["public"]["arm"], CLOUDS["usgov"]["arm"]]
    assert [collector.clients.sign_in(scope.tenant).authority for scope in collector.catalogue.scopes] == [
        CLOUDS["public"]["authority"],
        CLOUDS["usgov"]["authority"],
    ]


@pytest.mark.parametrize("cloud", get_args(Cloud))
async def test_tokens_are_those_of_the_cloud(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole reading with the cloud's audiences, which the simulator checks; addresses lead to it."""
    monkeypatch.setenv(SECRET, "simulator")
    resources: dict[str, list[dict[str, Any]]] = {"shop-a": [{"type": STORAGE, "name": "st"}]}
    with azure(tmp_path, fleet_text(resources)) as simulator:
        collector = simulator.collector({"type": STORAGE, "names": ["UsedCapacity"], "interval": "PT1H"})
        row = Tenant.model_validate({"id": TENANT, "cloud": cloud})
        collector.clients = clients = Clients(
            simulator.endpoints, f"env:{SECRET}", tenants={TENANT: ("main", row)}
        )
        collector.reader._clients = clients
        result = await collector.collect()
        assert of(result, "azure_storage_storageaccounts_used_capacity_average_bytes")
        assert set(clients.of(TENANT)._tokens._tokens) == {
            CLOUDS[cloud]["arm_scope"],
            CLOUDS[cloud]["metrics_scope"],
        }
        await collector.close()
