"""The whole metrics page of an exporter with a row of every kind: nothing that promtool would change."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from fastapi import FastAPI

from estate.load import load as load_estate
from exporters.collectors import COLLECTORS
from exporters.configuration.load import load
from exporters.serving.runtime import Runtime
from exporters.serving.service import app
from simulators import serving, shop
from simulators.azure import clock, fleetfile, server
from simulators.azure.faults import Fault
from tests.exporters.serving.test_service import promtool, ready
from tests.exporters.test_components import SHOP

FLEET = SHOP.parent / "fleet.yaml"
SECRET = "AZURE_CLIENT_SECRET"


def document(azure: server.Endpoints, shop_port: int) -> str:
    """The exporters of the example estate in one process, over stand-ins."""
    estate = load_estate(SHOP).estate
    rows = {
        name: row.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"clusters"})
        for name, row in estate.exporters.items()
    }
    rows["azure-platform"].update(
        scope=["shop-prod-weu", "shop-prod-neu"], identity=f"env:{SECRET}", budget={"per_metric": 3}
    )
    rows["shop-orders"]["url"] = f"http://127.0.0.1:{shop_port}/api/v1/orders/summary"
    # A metric that a type does not have, and a value that is none: what is counted then is on the page, too.
    rows["azure-platform"]["metrics"].append({"type": "Microsoft.KeyVault/vaults", "names": ["Availabilty"]})
    rows["shop-orders"]["metrics"].append({"name": "shop_name", "help": "No number.", "value": "regions"})
    return yaml.safe_dump(
        {
            "apiVersion": "singlepane/v1",
            "name": "everything",
            "tenants": {name: {"id": row.id} for name, row in estate.tenants.items()},
            "subscriptions": {
                name: {"id": row.id, "tenant": row.tenant} for name, row in estate.subscriptions.items()
            },
            "azure": {
                "authority": azure.authority,
                "arm": azure.arm,
                "metrics": azure.metrics,
                "ca_file": str(azure.ca),
                "client_id": "00000000-0000-4000-8000-0000000000c1",
            },
            "inventory": {
                "estate": estate.name,
                "hub": estate.hub,
                "clusters": {
                    name: {"region": row.region, "subscription": row.subscription, "version": row.version}
                    for name, row in estate.clusters.items()
                },
            },
            "exporters": rows,
        }
    )


@asynccontextmanager
async def everything(folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, FastAPI]]:
    """The service over the simulated Azure and the simulated shop."""
    time = clock.Clock()
    with (
        server.simulated(fleetfile.parse(FLEET.read_text(), "fleet"), folder / "ca", time) as (azure, world),
        serving.running(shop.create()) as shop_port,
    ):
        # Resource Graph fails, so the listing is used: both are counted.
        failing = {"name": "graph", "kind": "status", "status": 400, "apis": ["graph"]}
        world.faults.order([Fault.model_validate(failing)], time.now())
        file = folder / "exporter.yaml"
        file.write_text(document(azure, shop_port))
        config = load(file)
        service = app(lambda: Runtime(config, file, folder / "state"))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://exporter")
        async with service.router.lifespan_context(service), client:
            yield client, service


async def test_promtool_finds_nothing_on_the_whole_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every collector brings series; names, units, types and help of all of them pass the linter."""
    monkeypatch.setenv(SECRET, "simulator")
    async with everything(tmp_path) as (client, service):
        await ready(client)
        await service.state.runtime.board.refresh()
        text = (await client.get("/metrics")).text
    served = dict(
        re.findall(r'^exporter_collector_series\{collector="([^"]+)"[^}]*\} (\d+)$', text, re.MULTILINE)
    )
    assert set(served) == {entry.name for entry in COLLECTORS}
    assert all(int(series) > 0 for series in served.values())
    names = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    assert len([name for name in names if name.startswith("azure_")]) > 60
    for own in ("azure_metrics_config_problems", "azure_metrics_dropped_series", "azure_api_errors_total"):
        assert re.search(rf"^{own}\{{", text, re.MULTILINE), own
    assert promtool(text) == (0, "")
