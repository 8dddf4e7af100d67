"""The Azure collector against the simulator: real TLS, real azure-identity, simulated time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from estate.model import AzureExporter
from exporters.azure.calls.clients import Clients
from exporters.azure.calls.clock import Clock
from exporters.azure.discovery.catalogue import Scope
from exporters.collector import Collection
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.configuration.endpoints import Endpoints
from exporters.exposition.metrics import Labels
from simulators.azure import clock, fleetfile, server
from simulators.azure.faults import Fault
from simulators.azure.inventory import Resource
from simulators.azure.truth import value
from simulators.azure.world import World

TENANT = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001"
CLIENT = "00000000-0000-4000-8000-0000000000c1"
SUBSCRIPTIONS = {
    "shop-a": "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a",
    "shop-b": "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000b",
}
START = 1_800_000_000
SECRET = "AZURE_CLIENT_SECRET"

STORAGE = "Microsoft.Storage/storageAccounts"
POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers"
GATEWAYS = "Microsoft.Network/applicationGateways"


def fleet_text(resources: dict[str, list[dict[str, Any]]], **more: Any) -> str:
    """A fleet file with these resources by subscription."""
    document = {
        "apiVersion": "singlepane/azure-fleet/v1",
        "seed": 11,
        "tenants": {"main": TENANT},
        "principals": [{"client_id": CLIENT, "secret": "simulator"}],
        "subscriptions": {
            name: {"id": SUBSCRIPTIONS[name], "tenant": "main", "resources": rows}
            for name, rows in resources.items()
        },
        **more,
    }
    return yaml.safe_dump(document)


@dataclass
class Azure:
    """A running simulator whose clock the test moves."""

    world: World
    clock: clock.Clock
    endpoints: Endpoints
    folder: Path

    def collector(self, *rows: dict[str, Any], state: str = "", **keys: Any) -> AzureMetrics:
        """An exporter over all subscriptions of the fleet; `state` names a file that outlives it."""
        row = AzureExporter.model_validate(
            {"kind": "azure", "scope": ["shop-a"], "identity": f"env:{SECRET}", "metrics": list(rows), **keys}
        )
        scopes = tuple(
            Scope(each.name, each.id, TENANT) for each in self.world.inventory.subscriptions.values()
        )
        clients = Clients(self.endpoints, row.identity)
        file = self.folder / state if state else None
        return AzureMetrics("azure", row, scopes, clients, file, Clock(self.clock.now, self.clock.now))

    def forward(self, seconds: float = 60.0) -> None:
        """Let time pass."""
        self.clock.jump(self.clock.now() + seconds)

    def order(self, **fault: Any) -> None:
        """Order a fault."""
        self.world.faults.order([Fault.model_validate({"name": fault["kind"], **fault})], self.clock.now())

    def lift(self) -> None:
        """End all faults."""
        self.world.faults.lift()

    def resource(self, name: str) -> Resource:
        """A resource by its name."""
        return next(each for each in self.world.inventory.resources.values() if each.name == name)

    def truth(self, name: str, metric: str, aggregation: str, minute: int, minutes: int = 1) -> float | None:
        """What is true of a metric in the minutes from `minute` (Unix time / 60)."""
        resource = self.resource(name)
        series = resource.series(resource.type.metrics[metric.lower()])
        return value(series, aggregation.lower(), minute, minutes)


@contextlib.contextmanager
def azure(folder: Path, fleet: str) -> Iterator[Azure]:
    """A simulator of a fleet on a free port, its clock standing at START."""
    time = clock.Clock()
    time.stand()
    time.jump(START)
    with server.simulated(fleetfile.parse(fleet, "fleet"), folder / "ca", time) as (found, world):
        endpoints = Endpoints(
            authority=found.authority,
            arm=found.arm,
            metrics=found.metrics,
            ca_file=str(found.ca),
            client_id=CLIENT,
        )
        yield Azure(world, time, endpoints, folder)


def samples(collection: Collection) -> dict[tuple[str, Labels], float]:
    """All samples by name and labels."""
    return {
        (family.name, sample.labels): sample.value
        for family in collection.families
        for sample in family.samples
    }


def of(collection: Collection, name: str) -> dict[str, float]:
    """The samples of one metric by resource name (and dimension values)."""
    found = {}
    for (metric, labels), sample in samples(collection).items():
        if metric == name:
            own = ("subscription", "resource_group", "region", "resource_name")
            more = [text for label, text in labels.pairs if label not in own]
            found["/".join([labels.get("resource_name"), *more])] = sample
    return found


def own(collector: AzureMetrics, name: str) -> dict[str, float]:
    """The collector's own samples of one name by their label text."""
    return {
        sample.labels.text: sample.value
        for family in collector.own()
        if family.name == name
        for sample in family.samples
    }
