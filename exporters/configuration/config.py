"""The file that `singlepane exporter run --config` reads, as values: rows as an estate has them, and what
they need to know.

`exporters/components.py` writes such files; people can, too. docs/exporters/configuration.md explains the
keys.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from estate.findings import Finding
from estate.model import Exporter, Row, Subscription, Tenant
from estate.names import ClusterName, DnsLabel, KubernetesVersion, LabelName, Region
from estate.spelling import Spelling
from exporters.configuration.endpoints import Endpoints
from exporters.configuration.modules import Module

# RFC 1123: what stands in the header Host, without a port.
HostName = Annotated[
    str,
    Spelling(
        "invalid-name",
        "host name",
        r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*",
        "a host name in lower case without a port, such as exporter.shop.example",
        253,
        lambda value: re.sub(r"(^[a-z]+://|:[0-9]+$|/.*$|\.$)", "", value.lower()),
    ),
]


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


def _some(value: dict[str, Exporter], info: ValidationInfo) -> dict[str, Exporter]:
    if not value and not info.data.get("modules", True):
        raise PydanticCustomError("too_short", "empty")
    return value


class Config(Row):
    """One exporter process."""

    api_version: Annotated[Literal["singlepane/v1"], Field(alias="apiVersion")]
    """Version of this format."""
    name: DnsLabel
    """Name of the process; logs and the landing page show it."""
    cluster: ClusterName | None = None
    """The cluster that it runs in."""
    external_labels: list[LabelName] = Field(default=[])
    """Labels that its Prometheus adds on the way out, in the place of what series have of these names."""
    tenants: dict[DnsLabel, Tenant] = Field(default={})
    """Microsoft Entra tenants by name."""
    subscriptions: dict[DnsLabel, Subscription] = Field(default={})
    """Subscriptions by name."""
    azure: Endpoints = Endpoints()
    """How Azure is reached."""
    allowed_hosts: list[HostName] = Field(default=[])
    """Names that it may be asked by from elsewhere; addresses and names of its own network need none."""
    inventory: Inventory | None = None
    """The expected clusters; an exporter of kind estate needs it."""
    modules: dict[DnsLabel, Module] = Field(default={})
    """What `/probe` does, by name."""
    exporters: Annotated[dict[DnsLabel, Exporter], AfterValidator(_some)]
    """Exporters by name, as in an estate; none are needed where there are modules."""

    _warnings: tuple[Finding, ...] = PrivateAttr(default=())

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What was found in its file and is no error."""
        return self._warnings

    def warned(self, warnings: tuple[Finding, ...]) -> Config:
        """Itself, with what was found when it was loaded."""
        self._warnings = warnings
        return self

    @model_validator(mode="before")
    @classmethod
    def _modules_are_enough(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("modules") and "exporters" not in value:
            return {**value, "exporters": {}}
        return value
