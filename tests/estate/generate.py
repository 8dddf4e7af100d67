"""A large estate as a person would write it: a hub and many workload clusters, each in its own subscription.

It is right on one machine and on clusters, with no finding at all up to some 280 clusters; more of them have
so many blocks that `store-blocks` warns.

`python -m tests.estate.generate 500 > estate.yaml` writes one.
"""

from __future__ import annotations

import sys
from uuid import UUID, uuid5

REGIONS = ("westeurope", "northeurope", "swedencentral", "francecentral", "uksouth", "eastus2")
STAGES = ("dev", "test", "prod")
ORIGIN = UUID("6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001")
HEAD = """\
apiVersion: singlepane/v1
name: large
hub: hub-westeurope
tenants:
  main: {{id: {origin}}}
defaults:
  cluster:
    version: "1.36"
    prometheus:
      retention: 24h
      series: 400k
metrics:
  store: {{account: largemetrics, container: thanos, identity: workload}}
  retention: {{raw: 90d, 5m: 90d, 1h: 90d}}
alerts:
  receivers:
    oncall: {{kind: singlepane}}
    pager: {{kind: webhook, url: env:PAGER_URL}}
  default: oncall
  heartbeat: {{receiver: pager, every: 1m}}
exporters:
  inventory: {{kind: estate}}
  azure-platform:
    kind: azure
    clusters: [{names}]
    metrics:
      - type: Microsoft.Storage/storageAccounts
        names: [Transactions, Ingress, Egress, Availability, SuccessE2ELatency]
      - type: Microsoft.ContainerService/managedClusters
        names: [apiserver_cpu_usage_percentage, node_cpu_usage_percentage, node_memory_working_set_percentage]
      - type: Microsoft.Network/loadBalancers
        names: [VipAvailability, DipAvailability, UsedSnatPorts, AllocatedSnatPorts]
      - type: Microsoft.KeyVault/vaults
        names: [Availability, ServiceApiLatency]
"""
SERVICE = """\
  {service}:
    kind: json
    clusters: [{names}]
    url: https://api.shop.example/api/v1/{service}/summary
    metrics:
      - name: shop_{service}_total
        type: counter
        help: What was placed since the shop started.
        items: regions
        value: orders.total
        labels: {{region: name}}
"""
SERVICES = ("orders", "carts", "stock", "offers", "payments", "returns", "reviews", "visits")
CLUSTER = """\
  {name}:
    subscription: {name}
    region: {region}
    labels: {{environment: {stage}, wave: w{wave}}}
    prometheus:
      replicas: {replicas}
    kubernetes: {{address: {address}, client_id: {client}}}
"""


def estate(clusters: int, services: int = 1) -> str:
    """The YAML of an estate with so many clusters, the hub among them, each with so many `SERVICES`."""
    names = ["hub-westeurope"]
    names += [f"{STAGES[n % 3]}-{REGIONS[n % 6]}-{n:03}" for n in range(1, clusters)]
    listed = ", ".join(names[1:])
    parts = [HEAD.format(origin=ORIGIN, names=listed)]
    parts += [SERVICE.format(service=each, names=listed) for each in SERVICES[:services]]
    parts.append("subscriptions:\n")
    parts += [f"  {name}: {{id: {uuid5(ORIGIN, name)}, tenant: main}}\n" for name in names]
    parts.append("clusters:\n")
    parts += [
        CLUSTER.format(
            name=name,
            region=REGIONS[n % 6],
            stage=STAGES[n % 3],
            wave=n % 5,
            replicas=1 + (n % 3 == 2),
            address=f"10.{n // 200}.{n % 200}.10",
            client=uuid5(ORIGIN, f"identity of {name}"),
        )
        for n, name in enumerate(names)
    ]
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(estate(int(sys.argv[1])))
