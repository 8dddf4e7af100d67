"""What reads Azure in a configuration: its rows and its modules, each with where it reads and as whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from estate.model import AzureExporter
from exporters.azure.calls.clients import Clients
from exporters.azure.discovery.access import Access
from exporters.azure.discovery.catalogue import Scope
from exporters.azure.discovery.resources import Resource
from exporters.configuration.config import Config
from exporters.configuration.modules import AzureModule, azure_row, reached
from exporters.configuration.places import AzurePlace, azure_place


@dataclass(frozen=True, slots=True)
class Subject:
    """A row, or a module as the row that would read all its targets. `path` is its place in the file; `mine`
    says which resources of the scopes it may read.
    """

    path: tuple[str, str]
    row: AzureExporter
    scopes: tuple[Scope, ...]
    clients: Clients
    mine: Callable[[Resource], bool] = bool

    @property
    def name(self) -> str:
        """Of the row or module."""
        return self.path[1]


def subjects(config: Config) -> list[Subject]:
    """All of a configuration, in its order."""
    access = Access(config)
    found = [
        Subject(("exporters", name), row, tuple(map(access.scope, row.scope)), access.clients(row.identity))
        for name, row in config.exporters.items()
        if isinstance(row, AzureExporter)
    ]
    for name, module in config.modules.items():
        if isinstance(module, AzureModule):
            found.append(_of_module(name, module, config, access))
    return found


def _of_module(name: str, module: AzureModule, config: Config, access: Access) -> Subject:
    ids = {each: row.id for each, row in config.subscriptions.items()}
    places = [azure_place(each, ids) for each in module.targets]
    return Subject(
        ("modules", name),
        azure_row(module),
        tuple(access.scopes(reached(config.subscriptions, module)).values()),
        access.clients(module.identity),
        lambda resource: any(place.holds(_place(resource)) for place in places),
    )


def _place(resource: Resource) -> AzurePlace:
    """Where a resource is that Azure told of: whatever it is called, it is there."""
    return AzurePlace(tuple(resource.id.strip("/").split("/")))
