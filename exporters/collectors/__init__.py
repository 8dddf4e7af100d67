"""All collectors, each a file of this folder and a page of docs/collectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from estate.model import AzureExporter, EstateExporter, JsonExporter
from exporters.azure.catalogue import Scope
from exporters.azure.clients import Clients
from exporters.collector import Collector
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.collectors.estate import EstateInventory
from exporters.collectors.json import JsonDocument
from exporters.config import Config


@dataclass(frozen=True, slots=True)
class Entry:
    """A collector: the kind of row that asks for it, what it brings, and how it is made.

    `build` takes the row's name, the row, the whole configuration and the state folder (None: keep nothing).
    """

    name: str
    kind: Literal["azure", "json", "estate"]
    doc: str
    build: Callable[[str, Any, Config, Path | None], Collector]


def _azure_metrics(name: str, row: AzureExporter, config: Config, state: Path | None) -> Collector:
    scopes = tuple(
        Scope(
            each,
            config.subscriptions[each].id.lower(),
            config.tenants[config.subscriptions[each].tenant].id,
        )
        for each in row.scope
    )
    file = state / f"{name}.counters" if state is not None else None
    return AzureMetrics(name, row, scopes, Clients(config.azure, row.identity), file)


def _json(name: str, row: JsonExporter, config: Config, state: Path | None) -> Collector:
    return JsonDocument(name, row)


def _estate(name: str, row: EstateExporter, config: Config, state: Path | None) -> Collector:
    if config.inventory is None:
        raise ValueError("the configuration was not checked: the inventory is missing")
    return EstateInventory(name, row, config.inventory)


COLLECTORS = (
    Entry(
        "azure-metrics",
        "azure",
        "Metrics of Azure resources from Azure Monitor, in batches; totals become counters.",
        _azure_metrics,
    ),
    Entry("json", "json", "Metrics out of a JSON document over HTTP, by JMESPath.", _json),
    Entry("estate", "estate", "Every cluster that the estate expects, as a series.", _estate),
)


def build(config: Config, state: Path | None) -> tuple[Collector, ...]:
    """The collectors of a configuration, in its order."""
    return tuple(
        entry.build(name, row, config, state)
        for name, row in config.exporters.items()
        for entry in COLLECTORS
        if entry.kind == row.kind
    )
