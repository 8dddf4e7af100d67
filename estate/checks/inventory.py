"""The inventory: what lets a cluster that never reported be missed."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import AzureExporter, Estate, EstateExporter, JsonExporter
from estate.problems import Problem


def inventory(estate: Estate) -> Iterator[Problem]:
    """One exporter of kind estate, in one cluster."""
    first: tuple[str, str] | None = None
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, EstateExporter):
            if not isinstance(exporter, AzureExporter | JsonExporter):
                return
            continue
        for cluster in exporter.clusters or [estate.hub]:
            if first is not None:
                message = f"the inventory is published already by {first[0]!r} in {first[1]!r}"
                yield Problem("inventory-twice", ("exporters", name), message, "keep one", at_key=True)
                break
            first = (name, cluster)
    if first is None:
        message = "no exporter publishes the inventory: a cluster that never reported is not missed"
        yield Problem(
            "inventory-missing", ("exporters",), message, "add inventory: {kind: estate}", at_key=True
        )
