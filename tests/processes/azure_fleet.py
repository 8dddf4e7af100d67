"""A simulated Azure of a given size, the exporter's configuration for it, and what it should expose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TENANT = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001"
SUBSCRIPTION = "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a"
CLIENT = "00000000-0000-4000-8000-0000000000c1"
SECRET = "simulator"
REGION = "westeurope"
TYPE = "Microsoft.Compute/virtualMachines"
# Twenty metrics without dimensions, at the grain of a minute: one call takes no more names.
METRICS = (
    "Percentage CPU",
    "Network In",
    "Network Out",
    "Disk Read Bytes",
    "Disk Write Bytes",
    "Disk Read Operations/Sec",
    "Disk Write Operations/Sec",
    "CPU Credits Remaining",
    "CPU Credits Consumed",
    "OS Disk Read Bytes/sec",
    "OS Disk Write Bytes/sec",
    "OS Disk Read Operations/Sec",
    "OS Disk Write Operations/Sec",
    "OS Disk Queue Depth",
    "Inbound Flows",
    "Outbound Flows",
    "VM Cached Bandwidth Consumed Percentage",
    "VM Uncached Bandwidth Consumed Percentage",
    "Network In Total",
    "Network Out Total",
)
# Half of the machines are read as gauges, half as counters.
HALVES = {"web": "Average", "job": "Total"}


@dataclass(frozen=True, slots=True)
class Size:
    """`resources` machines with twenty metrics each: one series for each metric of each machine."""

    resources: int

    @property
    def series(self) -> int:
        """Series of Azure metrics."""
        return self.resources * len(METRICS)

    @property
    def calls(self) -> int:
        """The fewest batches that read them all once."""
        return sum(-(-count // 50) for count in self.halves.values())

    @property
    def halves(self) -> dict[str, int]:
        """How many machines by the beginning of their name."""
        first = self.resources - self.resources // 2
        return {"web": first, "job": self.resources - first}


def fleet(size: Size) -> str:
    """The fleet file."""
    rows = [
        {"type": TYPE, "name": f"{half}-{{n:05}}", "count": count, "region": REGION, "tags": {"team": "shop"}}
        for half, count in size.halves.items()
    ]
    return yaml.safe_dump(
        {
            "apiVersion": "singlepane/azure-fleet/v1",
            "seed": 7,
            "tenants": {"main": TENANT},
            "principals": [{"client_id": CLIENT, "secret": SECRET}],
            "subscriptions": {"shop": {"id": SUBSCRIPTION, "tenant": "main", "resources": rows}},
        }
    )


def configuration(origin: str, ca: Path, interval: str, **more: Any) -> str:
    """The exporter's configuration file for the simulator at `origin`; `more` are keys of its row."""
    metrics: list[dict[str, Any]] = [
        {"type": TYPE, "names": [*METRICS], "aggregations": [kind], "select": {"names": [f"{half}-*"]}}
        for half, kind in HALVES.items()
    ]
    return yaml.safe_dump(
        {
            "apiVersion": "singlepane/v1",
            "name": "bench",
            "tenants": {"main": {"id": TENANT}},
            "subscriptions": {"shop": {"id": SUBSCRIPTION, "tenant": "main"}},
            "azure": {
                "authority": f"{origin}/entra",
                "arm": f"{origin}/arm",
                "metrics": f"{origin}/metrics/{{region}}",
                "ca_file": str(ca),
                "client_id": CLIENT,
                # Behind the simulator's lag and corrections, so that every point read is final.
                "lag": "6m",
            },
            "exporters": {
                "azure": {
                    "kind": "azure",
                    "scope": ["shop"],
                    "identity": "env:BENCH_AZURE_SECRET",
                    "interval": interval,
                    "metrics": metrics,
                    **more,
                }
            },
        }
    )
