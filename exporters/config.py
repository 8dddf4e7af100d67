"""The file that `singlepane exporter run --config` reads: rows as an estate has them, and what they need to
know.

`exporters/components.py` writes such files; people can, too. docs/exporters/configuration.md explains the
keys.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from estate.errors import EstateInvalid
from estate.findings import in_order
from estate.model import Exporter, Row, Subscription, Tenant
from estate.names import ClusterName, DnsLabel, KubernetesVersion, Region
from exporters.azure.endpoints import Endpoints
from exporters.checks import problems
from exporters.shape import opened, placed, validated


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
    tree, found = opened(path)
    config: Config | None = None
    if tree is not None:
        config, shape = validated(Config, tree)
        found += shape
        if config is not None:
            found += [placed(problem, tree) for problem in problems(config)]
    ordered = in_order(found)
    if config is None or any(each.severity == "error" for each in ordered):
        raise EstateInvalid(ordered)
    return config
