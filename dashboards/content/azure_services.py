"""Services of Azure, by the metrics that Azure Monitor has of them: network, storage, data, control planes.

Names are those that an `azure` row makes; docs/dashboards/azure.md has the row that brings them all.
"""

from __future__ import annotations

from dashboards.promql import of, part, rate
from dashboards.values import Lines, Query, Section, Steps, Unit, from_value

RESOURCE = "cluster, subscription, resource_group, resource_name"
# Load balancers of clusters are all called alike; their groups are not.
OF_RESOURCE = "{{cluster}} {{resource_group}} {{resource_name}}"
FAILING = from_value(0.01)
BUSY = Steps("green", ((0.8, "orange"), (0.9, "red")))


def _of(kind: str, metric: str, how: str, by: str = RESOURCE) -> str:
    """A gauge of each resource: the lowest or highest (`how`) of what it is split by."""
    return f"{how} by ({by}) ({of(f'azure_{kind}_{metric}')})"


def _lines(title: str, about: str, width: int, unit: Unit, expr: str, limit: Steps | None = None) -> Lines:
    """A line for each resource; a share of what there is ends at 1."""
    top = 1 if limit is BUSY else None
    return Lines(title, about, width, unit, (Query(expr, OF_RESOURCE),), top, limit, missing="none read")


BALANCERS, NAT = "network_loadbalancers", "network_natgateways"
USED, ALLOCATED = (
    f"sum by ({RESOURCE}) ({of(f'azure_{BALANCERS}_{which}_snat_ports_average')})"
    for which in ("used", "allocated")
)
SNAT = f"{USED} / ({ALLOCATED} > 0)"
VAULTS = _of("keyvault_vaults", "availability_average_ratio", "min")
ACCOUNTS = _of("storage_storageaccounts", "availability_average_ratio", "min")
TRANSACTIONS = "azure_storage_storageaccounts_transactions_total"
TURNED_AWAY = 'response_type=~"(?i).*throttling.*|serverbusy.*"'

NETWORK = Section(
    "Network",
    (
        _lines(
            "Load balancers: front ends not reached",
            "Share of Azure's own tries that do not reach the address of a load balancer: users do not reach"
            " the cluster.",
            8,
            "percentunit",
            # Azure says percent and calls the unit a count.
            f"1 - {_of(BALANCERS, 'vip_availability_average', 'min')} / 100",
            FAILING,
        ),
        _lines(
            "Load balancers: back ends not reached",
            "Share of probes that the nodes behind a load balancer do not answer, by the worst of them. A"
            " node that is made anew shows here for a moment.",
            8,
            "percentunit",
            f"1 - {_of(BALANCERS, 'dip_availability_average', 'min')} / 100",
            FAILING,
        ),
        _lines(
            "Load balancers: SNAT ports",
            "Share of the ports for outgoing connections that is in use. Above the line a burst of new"
            " connections fails; a NAT gateway has 64,512 for each address.",
            8,
            "percentunit",
            SNAT,
            BUSY,
        ),
        _lines(
            "NAT gateways: connections refused",
            "Outgoing connections per second that a NAT gateway had no port for.",
            8,
            "ops",
            rate(f"azure_{NAT}_snat_connection_count_total", 'connection_state=~"(?i)failed"', RESOURCE),
        ),
        _lines(
            "NAT gateways: packets dropped",
            "Packets per second that a NAT gateway dropped.",
            8,
            "ops",
            rate(f"azure_{NAT}_packet_drop_count_total", by=RESOURCE),
        ),
        _lines(
            "Public addresses: packets dropped",
            "Packets per second that the defence against floods dropped, the most of a minute. 0 unless an"
            " address is attacked.",
            8,
            "ops",
            _of("network_publicipaddresses", "packets_dropped_ddos_maximum_per_second", "max"),
        ),
    ),
)

STORAGE = Section(
    "Storage and vaults",
    (
        _lines(
            "Storage: requests failed",
            "Share of requests that ended with an error of Azure's own, by the worst of what the account is"
            " split by.",
            8,
            "percentunit",
            f"1 - {ACCOUNTS}",
            FAILING,
        ),
        _lines(
            "Storage: requests turned away",
            "Share of requests that an account answers with `server busy`: more than it may take. Blocks of"
            " Thanos lie in one.",
            8,
            "percentunit",
            part(rate(TRANSACTIONS, TURNED_AWAY, RESOURCE), rate(TRANSACTIONS, by=RESOURCE)),
            FAILING,
        ),
        _lines(
            "Storage: time of a request",
            "How long an account takes by itself, on average of a minute.",
            8,
            "s",
            _of("storage_storageaccounts", "success_server_latency_average_seconds", "max"),
        ),
        _lines(
            "Key vaults: calls failed",
            "Share of calls that a vault did not answer. Pods that need a secret to start do not start.",
            8,
            "percentunit",
            f"1 - {VAULTS}",
            FAILING,
        ),
        _lines(
            "Key vaults: capacity used",
            "How much of what a vault may do is done. At 100% it answers 429.",
            8,
            "percentunit",
            _of("keyvault_vaults", "saturation_shoebox_average_ratio", "max"),
            BUSY,
        ),
        _lines(
            "Key vaults: time of a call",
            "How long a vault takes, on average of a minute.",
            8,
            "s",
            _of("keyvault_vaults", "service_api_latency_average_seconds", "max"),
        ),
    ),
)

POSTGRES = "dbforpostgresql_flexibleservers"
DATA = Section(
    "Databases, queues and caches",
    (
        _lines(
            "PostgreSQL: processor",
            "Share of the processors of a server in use.",
            8,
            "percentunit",
            _of(POSTGRES, "cpu_average_ratio", "max"),
            BUSY,
        ),
        _lines(
            "PostgreSQL: storage",
            "Share of the storage of a server in use. At 95% it takes no more writes.",
            8,
            "percentunit",
            _of(POSTGRES, "storage_average_ratio", "max"),
            BUSY,
        ),
        _lines(
            "PostgreSQL: connections",
            "Share of the connections that a server may have. At 100% applications cannot connect.",
            8,
            "percentunit",
            f"{_of(POSTGRES, 'active_connections_average', 'max')}"
            f" / ({_of(POSTGRES, 'max_connections_maximum', 'max')} > 0)",
            BUSY,
        ),
        _lines(
            "Service Bus: dead letters",
            "Messages that nobody could handle and that lie aside. They stay until somebody looks.",
            8,
            "short",
            f"sum by ({RESOURCE}) ({of('azure_servicebus_namespaces_deadlettered_messages_average')})",
        ),
        _lines(
            "Service Bus: requests turned away",
            "Requests per second that a namespace has no capacity for.",
            8,
            "ops",
            rate("azure_servicebus_namespaces_throttled_requests_total", by=RESOURCE),
        ),
        _lines(
            "Redis: load",
            "How busy the one thread of a cache is. Near 100% clients time out.",
            8,
            "percentunit",
            _of("cache_redis", "server_load_maximum_ratio", "max"),
            BUSY,
        ),
    ),
    closed=True,
)

CLUSTERS = "containerservice_managedclusters"
CONTROL_PLANES = Section(
    "Control planes of AKS",
    (
        _lines(
            "API server: processor",
            "Share of the processors that AKS gives the API server. AKS gives more after some minutes, on the"
            " Free tier least.",
            8,
            "percentunit",
            _of(CLUSTERS, "apiserver_cpu_usage_maximum_ratio", "max"),
            BUSY,
        ),
        _lines(
            "API server: memory",
            "Share of the memory that AKS gives the API server. Lists of large kinds take it.",
            8,
            "percentunit",
            _of(CLUSTERS, "apiserver_memory_usage_maximum_ratio", "max"),
            BUSY,
        ),
        _lines(
            "etcd: size of the database",
            "Share of the size that etcd may have. At 100% nothing can be written any more: objects that"
            " nobody needs must go before.",
            8,
            "percentunit",
            _of(CLUSTERS, "etcd_database_usage_maximum_ratio", "max"),
            Steps("green", ((0.5, "orange"), (0.8, "red"))),
        ),
    ),
    closed=True,
)
