"""What alerts about Azure resources ask Azure Monitor for: one about a metric that no exporter of the estate
reads could never fire, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from estate.model import Estate
from estate.model.exporters import AzureExporter


@dataclass(frozen=True, slots=True)
class Ask:
    """A metric of a resource type, and the aggregations of which one must be read. The first is what an
    exporter reads where nobody says which: Azure's primary one.
    """

    type: str
    name: str
    aggregations: tuple[str, ...]


def _balancer(name: str) -> Ask:
    return Ask("Microsoft.Network/loadBalancers", name, ("Average",))


# By alert. One that is not here asks for nothing.
ASKS: Mapping[str, tuple[Ask, ...]] = {
    "KeyVaultUnavailable": (Ask("Microsoft.KeyVault/vaults", "Availability", ("Average",)),),
    "StorageUnavailable": (Ask("Microsoft.Storage/storageAccounts", "Availability", ("Average",)),),
    "LoadBalancerUnavailable": (_balancer("VipAvailability"),),
    "LoadBalancerBackendsUnhealthy": (_balancer("DipAvailability"),),
    "SnatNearExhaustion": (_balancer("UsedSnatPorts"), _balancer("AllocatedSnatPorts")),
    "PublicIpUnderAttack": (Ask("Microsoft.Network/publicIPAddresses", "IfUnderDDoSAttack", ("Maximum",)),),
    "AppGatewayBackendsUnhealthy": (
        Ask("Microsoft.Network/applicationGateways", "UnhealthyHostCount", ("Average",)),
    ),
    "PostgresDown": (
        Ask("Microsoft.DBforPostgreSQL/flexibleServers", "is_db_alive", ("Average", "Maximum")),
    ),
}


def answered(alert: str, estate: Estate) -> bool:
    """Whether the estate's exporters read all that the alert asks for."""
    return all(_read(ask, estate) for ask in ASKS.get(alert, ()))


def _read(ask: Ask, estate: Estate) -> bool:
    return any(
        row.type.lower() == ask.type.lower()
        and ask.name.lower() in {name.lower() for name in row.names}
        and (not row.aggregations or not set(ask.aggregations).isdisjoint(row.aggregations))
        for exporter in estate.exporters.values()
        if isinstance(exporter, AzureExporter)
        for row in exporter.metrics
    )
