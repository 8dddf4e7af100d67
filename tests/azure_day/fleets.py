"""The fleets of simulated days: eight types in three subscriptions of two tenants, each type late in its own
way.
"""

from __future__ import annotations

from typing import Any

from tests.azure_day.estate import fleet

AKS = "Microsoft.ContainerService/managedClusters"
STORAGE = "Microsoft.Storage/storageAccounts"
BALANCERS = "Microsoft.Network/loadBalancers"
ADDRESSES = "Microsoft.Network/publicIPAddresses"
GATEWAYS = "Microsoft.Network/applicationGateways"
VAULTS = "Microsoft.KeyVault/vaults"
POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers"
REDIS = "Microsoft.Cache/redis"

# Resources of one subscription by type, and minutes until nothing changes any more: (lag, share of late
# points, minutes within which those are corrected).
COUNTS = {AKS: 2, STORAGE: 14, BALANCERS: 3, ADDRESSES: 8, GATEWAYS: 2, VAULTS: 5, POSTGRES: 4, REDIS: 4}
LATENESS = {
    AKS: (1, 0.05, 2),
    STORAGE: (2, 0.05, 3),
    BALANCERS: (3, 0.08, 3),
    ADDRESSES: (2, 0.05, 2),
    GATEWAYS: (1, 0.1, 4),
    VAULTS: (5, 0.06, 4),
    POSTGRES: (2, 0.05, 2),
    REDIS: (4, 0.1, 3),
}

ROWS: tuple[dict[str, Any], ...] = (
    {
        "type": AKS,
        "names": ["apiserver_cpu_usage_percentage", "apiserver_memory_usage_percentage"],
        "aggregations": ["Average", "Maximum"],
    },
    {
        "type": AKS,
        "names": ["node_cpu_usage_percentage"],
        "aggregations": ["Average"],
        "dimensions": ["node"],
    },
    {
        "type": AKS,
        "names": ["cluster_autoscaler_unneeded_nodes_count"],
        "aggregations": ["Average"],
        "interval": "PT5M",
    },
    {"type": STORAGE, "names": ["Transactions", "Ingress", "Egress"], "aggregations": ["Total"]},
    {"type": STORAGE, "names": ["SuccessE2ELatency"], "aggregations": ["Average", "Maximum"]},
    {"type": STORAGE, "names": ["UsedCapacity"], "aggregations": ["Average"], "interval": "PT1H"},
    {"type": BALANCERS, "names": ["ByteCount", "PacketCount"], "aggregations": ["Total"]},
    {"type": BALANCERS, "names": ["UsedSnatPorts"], "aggregations": ["Average"]},
    {"type": ADDRESSES, "names": ["PacketCount"], "aggregations": ["Total"], "dimensions": ["Direction"]},
    {"type": ADDRESSES, "names": ["BytesInDDoS"], "aggregations": ["Maximum"]},
    {
        "type": GATEWAYS,
        "names": ["ResponseStatus"],
        "aggregations": ["Total"],
        "dimensions": ["HttpStatusGroup"],
    },
    {"type": GATEWAYS, "names": ["CpuUtilization", "CapacityUnits"], "aggregations": ["Average"]},
    {"type": VAULTS, "names": ["ServiceApiHit"], "aggregations": ["Count"]},
    {"type": VAULTS, "names": ["ServiceApiLatency"], "aggregations": ["Average"]},
    {"type": POSTGRES, "names": ["cpu_percent"], "aggregations": ["Average", "Maximum"]},
    {"type": POSTGRES, "names": ["blks_read"], "aggregations": ["Total"], "interval": "PT5M"},
    {"type": REDIS, "names": ["serverLoad"], "aggregations": ["Maximum"]},
    {"type": REDIS, "names": ["getcommands", "cachehits"], "aggregations": ["Total"]},
)


def eight_types(part: int = 1, **more: Any) -> str:
    """The fleet: `COUNTS` resources in each of three subscriptions, or a part of them."""

    def rows() -> list[dict[str, Any]]:
        return [
            {
                "type": type,
                "count": max(1, count // part),
                "name": type.split("/")[1].lower()[:8] + "-{n:03}",
                "region": ["westeurope", "northeurope"] if type == STORAGE else "westeurope",
            }
            for type, count in COUNTS.items()
        ]

    behaviour = {
        type: {"lag": lag, "late": late, "late_minutes": minutes}
        for type, (lag, late, minutes) in LATENESS.items()
    }
    return fleet(
        {"shop-a": ("main", rows()), "shop-b": ("main", rows()), "partner": ("partner", rows())},
        behaviour_of=behaviour,
        **more,
    )


# One provider whose types differ: (lag, share of late points, minutes within which those are corrected), and
# resources by type. Each time two are early and well known, and one is unlike them.
NETWORK_ROWS = tuple(row for row in ROWS if row["type"] in (BALANCERS, ADDRESSES, GATEWAYS))
_EARLY = (1, 0.05, 2)
UNLIKE: dict[str, dict[str, tuple[int, tuple[int, float, int]]]] = {
    "comes later": {BALANCERS: (5, _EARLY), GATEWAYS: (4, _EARLY), ADDRESSES: (3, (9, 0.05, 4))},
    "corrected later": {BALANCERS: (5, _EARLY), ADDRESSES: (5, _EARLY), GATEWAYS: (3, (1, 0.12, 8))},
    "alone": {BALANCERS: (6, _EARLY), ADDRESSES: (6, _EARLY), GATEWAYS: (1, (3, 0.1, 5))},
    "new": {BALANCERS: (5, _EARLY), ADDRESSES: (5, _EARLY), GATEWAYS: (2, (4, 0.1, 5))},
}


def unlike(case: str, **more: Any) -> str:
    """A fleet of one provider; what is new is created after three quarters of an hour."""
    rows = [
        {
            "type": type,
            "count": count,
            "name": type.split("/")[1].lower()[:8] + "-{n:03}",
            **({"appears_after": 2700} if (case, type) == ("new", GATEWAYS) else {}),
        }
        for type, (count, _) in UNLIKE[case].items()
    ]
    behaviour = {
        type: {"lag": lag, "late": late, "late_minutes": minutes}
        for type, (_, (lag, late, minutes)) in UNLIKE[case].items()
    }
    return fleet({"shop-a": ("main", rows)}, behaviour_of=behaviour, **more)


# One resource a call: what batches and subscriptions refuse.
SINGLE_ROWS: tuple[dict[str, Any], ...] = (
    {"type": ADDRESSES, "names": ["PacketCount"], "aggregations": ["Total"]},
)


def near_the_limit(resources: int, **more: Any) -> str:
    """A subscription whose resources must be asked one by one, and a small one beside it."""
    rows = [{"type": ADDRESSES, "count": resources, "name": "ip-{n:04}"}]
    few = [{"type": ADDRESSES, "count": 20, "name": "ip-{n:04}"}]
    refuses = {"batch": [ADDRESSES], "subscription": [ADDRESSES]}
    return fleet({"large": ("main", rows), "small": ("main", few)}, refuses=refuses, **more)
