"""The inventory: every cluster that should be there as a series, so that a silent one can be missed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from estate.model import EstateExporter
from estate.quantities import seconds
from exporters.collector import Collection
from exporters.configuration.config import Config, Inventory
from exporters.exposition.metrics import Family, Labels, Sample


class EstateInventory:
    """One exporter row of kind estate. It only repeats its configuration, so nothing can go wrong."""

    name = "estate"
    timeout = 5.0

    def __init__(self, exporter: str, row: EstateExporter, inventory: Inventory) -> None:
        self.exporter = exporter
        self.interval = float(seconds(row.interval))
        self._families = families(inventory)

    async def collect(self) -> Collection:
        """The same families each time."""
        return Collection(self._families)

    def own(self) -> Iterable[Family]:
        """Nothing beyond what every collector has."""
        return ()

    async def close(self) -> None:
        """Nothing is open."""


def families(inventory: Inventory) -> tuple[Family, ...]:
    """`expected_cluster` and not `cluster`: that label says who reported, and here it is the hub."""
    return (
        Family(
            "singlepane_estate_info",
            "info",
            "The estate that this inventory is of.",
            (Sample(Labels({"estate": inventory.estate, "hub": inventory.hub}), 1.0),),
        ),
        Family(
            "singlepane_estate_cluster_info",
            "info",
            "Every cluster of the estate, whether it ever reported or not.",
            tuple(
                Sample(
                    Labels(
                        {
                            "expected_cluster": name,
                            "region": cluster.region,
                            "subscription": cluster.subscription,
                            "version": cluster.version,
                            "role": "hub" if name == inventory.hub else "workload",
                        }
                    ),
                    1.0,
                )
                for name, cluster in inventory.clusters.items()
            ),
        ),
    )


def build(name: str, row: EstateExporter, config: Config, state: Path | None) -> EstateInventory:
    """The collector of a row. Raises ValueError for a configuration that was not checked."""
    if config.inventory is None:
        raise ValueError("the inventory is missing")
    return EstateInventory(name, row, config.inventory)
