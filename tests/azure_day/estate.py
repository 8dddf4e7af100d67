"""A simulated Azure with an exporter over it, in simulated time."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
import yaml

from estate.model import AzureExporter
from exporters.azure.calls.clients import Clients
from exporters.azure.discovery.catalogue import Scope
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.configuration.endpoints import Endpoints
from exporters.exposition.metrics import merged, render
from exporters.running.cycle import Cycle
from simulators.azure import fleetfile
from simulators.azure.clock import Clock
from simulators.azure.faults import Fault
from simulators.azure.fleet import DEFAULT_CLIENT
from simulators.azure.world import World
from tests.azure_day.moment import Moment
from tests.azure_day.wire import ARM, AUTHORITY, METRICS, Credential, Wire

TENANTS = {
    "main": "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001",
    "partner": "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0002",
}


def fleet(subscriptions: dict[str, tuple[str, list[dict[str, Any]]]], **more: Any) -> str:
    """A fleet file: (tenant, rows of resources) by subscription. Tokens expire in simulated time."""
    document = {
        "apiVersion": "singlepane/azure-fleet/v1",
        "seed": 5,
        "tenants": TENANTS,
        "tokens": {"clock": "simulated"},
        "subscriptions": {
            name: {
                "id": f"2b1c8f30-7d51-4c8e-9a46-3f1f6d2b{number:04}",
                "tenant": tenant,
                "resources": rows,
            }
            for number, (name, (tenant, rows)) in enumerate(subscriptions.items(), 1)
        },
        **more,
    }
    return yaml.safe_dump(document)


class _Broken:
    """Notes every exception that somebody logs, and lets nothing through."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, logger: object, method: str, event: Any) -> Any:
        if event.get("exc_info"):
            self.seen.append(str(event))
        raise structlog.DropEvent


@dataclass
class Estate:
    """The exporter of `rows` over all of a fleet. `restart` gives it a new process from the same state file;
    `broken` are exceptions that it logged.
    """

    moment: Moment
    folder: Path
    text: str
    rows: Sequence[dict[str, Any]]
    keys: dict[str, Any] = field(default_factory=dict)
    keep_calls: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.world = World(fleetfile.parse(self.text, "fleet"), Clock(self.moment.wall))
        self.wire = Wire(self.world, self.moment, self.seed, self.keep_calls)
        self.chance = random.Random(self.seed)
        self.file = self.folder / "azure.counters"
        self._broken = _Broken()
        structlog.configure(processors=[self._broken])
        self.cycle = self._made()

    @property
    def broken(self) -> list[str]:
        """Exceptions that were logged."""
        return self._broken.seen

    @property
    def collector(self) -> AzureMetrics:
        """The exporter's collector."""
        collector = self.cycle.collector
        assert isinstance(collector, AzureMetrics)
        return collector

    async def turn(self) -> str:
        """One cycle; the exposition after it."""
        await self.cycle.once()
        return render(merged(self.cycle.families()).families).text

    async def rest(self, since: float, interval: float = 60.0) -> None:
        """Wait for the next turn, as long as the service would: the interval, give or take a twentieth."""
        until = since + interval * self.chance.uniform(0.95, 1.05)
        await asyncio.sleep(max(0.0, until - self.moment.steady()))

    async def restart(self, *, clean: bool) -> None:
        """End the process, with its closing write or without, and start another."""
        before = self.file.with_name("before")
        if self.file.exists():
            shutil.copy(self.file, before)
        await self.cycle.close()
        if not clean and before.exists():
            shutil.copy(before, self.file)
        self.cycle = self._made()

    def order(self, **fault: Any) -> None:
        """Order a fault of the simulator."""
        self.world.faults.order([Fault.model_validate(fault)], self.moment.wall())

    def _made(self) -> Cycle:
        document = {"kind": "azure", "scope": ["x"], "metrics": list(self.rows), **self.keys}
        row = AzureExporter.model_validate(document)
        scopes = tuple(
            Scope(each.name, each.id, each.tenant_id) for each in self.world.inventory.subscriptions.values()
        )
        endpoints = Endpoints(authority=AUTHORITY, arm=ARM, metrics=METRICS, client_id=DEFAULT_CLIENT)
        clients = Clients(
            endpoints,
            "cli",
            lambda sign_in: Credential(self.world, self.moment, sign_in.tenant),
            clock=self.moment.clock,
            transport=self.wire,
        )
        collector = AzureMetrics("azure", row, scopes, clients, self.file, self.moment.clock)
        return Cycle(collector, lambda: None)
