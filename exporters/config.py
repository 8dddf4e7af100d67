"""The file that `singlepane exporter run --config` reads: rows as an estate has them, and what they need to
know.

`exporters/components.py` writes such files; people can, too. docs/exporters/configuration.md explains the
keys.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import Field

from estate.checks.azure import azure_metrics
from estate.checks.json_metrics import json_metrics
from estate.errors import EstateInvalid
from estate.findings import in_order
from estate.model import (
    AzureExporter,
    Estate,
    EstateExporter,
    Exporter,
    JsonExporter,
    Row,
    Subscription,
    Tenant,
)
from estate.names import ClusterName, DnsLabel, KubernetesVersion, Region
from estate.parse import parse
from estate.problems import Problem, finding
from estate.source import Unreadable, read
from estate.suggest import offer
from estate.tree import Mapping
from exporters.azure.endpoints import Endpoints
from exporters.shape import placed, validated


class InventoryCluster(Row):
    """One expected cluster."""

    region: Region
    """Azure region in short form."""
    subscription: DnsLabel
    """Name of its subscription."""
    version: KubernetesVersion
    """Kubernetes version, in quotes."""


class Inventory(Row):
    """What an exporter of kind estate publishes."""

    estate: DnsLabel
    """Name of the estate."""
    hub: ClusterName
    """The cluster where the global view lives."""
    clusters: Annotated[dict[ClusterName, InventoryCluster], Field(min_length=1)]
    """All clusters that should be there, the hub among them."""


class Config(Row):
    """One exporter process."""

    api_version: Annotated[Literal["singlepane/v1"], Field(alias="apiVersion")]
    """Version of this format."""
    name: DnsLabel
    """Name of the process; logs and the landing page show it."""
    cluster: ClusterName | None = None
    """The cluster that it runs in."""
    tenants: dict[DnsLabel, Tenant] = Field(default={})
    """Microsoft Entra tenants by name."""
    subscriptions: dict[DnsLabel, Subscription] = Field(default={})
    """Subscriptions by name."""
    azure: Endpoints = Endpoints()
    """How Azure is reached."""
    inventory: Inventory | None = None
    """The expected clusters; an exporter of kind estate needs it."""
    exporters: Annotated[dict[DnsLabel, Exporter], Field(min_length=1)]
    """Exporters by name, as in an estate."""


def load(path: Path) -> Config:
    """The configuration of a file. Raises EstateInvalid with all findings."""
    file = str(path)
    try:
        text, found = read(path, file)
    except Unreadable as unreadable:
        raise EstateInvalid([unreadable.found]) from None
    tree, syntax = parse(text, file)
    found += syntax
    config: Config | None = None
    if isinstance(tree, Mapping):
        config, shape = validated(Config, tree)
        found += shape
        if config is not None:
            found += [placed(problem, tree) for problem in problems(config)]
    elif tree is not None:
        found.append(finding("not-a-mapping", tree.position, "the file is no group of keys"))
    ordered = in_order(found)
    if config is None or any(each.severity == "error" for each in ordered):
        raise EstateInvalid(ordered)
    return config


def problems(config: Config) -> list[Problem]:
    """What does not fit together, by key path."""
    found: list[Problem] = []
    for name, row in config.exporters.items():
        path = ("exporters", name)
        match row:
            case AzureExporter():
                found += _scope(config, row, (*path, "scope"))
                found += _secret(row.identity, (*path, "identity"))
            case JsonExporter():
                found += _secret(row.bearer, (*path, "bearer"))
            case EstateExporter() if config.inventory is None:
                message = "an exporter of kind estate needs the inventory, which is missing"
                found.append(Problem("missing-key", path, message, "add inventory", at_key=True))
    for name, subscription in config.subscriptions.items():
        if subscription.tenant not in config.tenants:
            message = f"the tenant {subscription.tenant!r} is not defined"
            fix = offer(subscription.tenant, config.tenants, "define it under tenants")
            found.append(Problem("unknown-tenant", ("subscriptions", name, "tenant"), message, fix))
    # The estate's own checks of these rows; they read nothing of an estate but what stands here.
    rows: Estate = cast(Any, Estate).model_construct(
        exporters=config.exporters, hub=config.cluster, clusters={}
    )
    return [*found, *json_metrics(rows), *azure_metrics(rows)]


def _secret(reference: str | None, path: tuple[str | int, ...]) -> list[Problem]:
    if reference is None or not reference.startswith("keyvault:"):
        return []
    message = f"{reference} is not read by an exporter itself"
    return [Problem("not-allowed", path, message, "write env:NAME or file:PATH")]


def _scope(config: Config, row: AzureExporter, path: tuple[str | int, ...]) -> list[Problem]:
    if row.scope == "own":
        message = "only an estate knows which subscription is a cluster's own"
        return [Problem("not-allowed", path, message, "list subscriptions by name")]
    return [
        Problem(
            "unknown-subscription",
            (*path, index),
            f"the subscription {name!r} is not defined",
            offer(name, config.subscriptions, "define it under subscriptions"),
        )
        for index, name in enumerate(row.scope)
        if name not in config.subscriptions
    ]
