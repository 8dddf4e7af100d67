"""What each row and module of a configuration is made of, so that a reload knows which ones have changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from estate.model import AzureExporter, EstateExporter, JsonExporter
from exporters.configuration.config import Config
from exporters.configuration.modules import AzureModule, reached


def rows(config: Config) -> dict[str, str]:
    """Of each row under `exporters` one text of all that it depends on."""
    return {name: _text(_row(config, row)) for name, row in config.exporters.items()}


def modules(config: Config) -> dict[str, str]:
    """Of each module the same."""
    found: dict[str, str] = {}
    for name, module in config.modules.items():
        made: list[Any] = [module.model_dump(mode="json")]
        if isinstance(module, AzureModule):
            ids = reached(config.subscriptions, module)
            subscriptions = [name for name, row in config.subscriptions.items() if row.id.lower() in ids]
            made += [_azure(config, subscriptions, ids.values()), ids]
        found[name] = _text(made)
    return found


def _row(config: Config, row: AzureExporter | EstateExporter | JsonExporter) -> list[Any]:
    made: list[Any] = [row.model_dump(mode="json")]
    if isinstance(row, AzureExporter):
        made.append(_azure(config, row.scope, ()))
    if isinstance(row, EstateExporter) and config.inventory is not None:
        made.append(config.inventory.model_dump(mode="json"))
    return made


def _azure(config: Config, subscriptions: Iterable[str], tenants: Iterable[str]) -> dict[str, Any]:
    """How these are reached and signed in to."""
    named = {name: config.subscriptions[name] for name in subscriptions}
    used = {*tenants, *(row.tenant for row in named.values())} & config.tenants.keys()
    return {
        "azure": config.azure.model_dump(mode="json"),
        "subscriptions": {name: row.model_dump(mode="json") for name, row in named.items()},
        "tenants": {name: config.tenants[name].model_dump(mode="json") for name in used},
    }


def _text(made: Any) -> str:
    return json.dumps(made, sort_keys=True)
