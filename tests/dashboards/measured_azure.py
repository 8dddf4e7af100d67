"""What exporters say of Azure: metrics of its services, and what the hub knows of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.dashboards.series import END, HUB, Series, target

HOUR = 3_600
PAID = {"subscriptionID": "5a1d", "subscriptionName": "shop-prod"}
# Of a subscription whose name nobody says.
OTHER = {"subscriptionID": "7c2e"}
GROUP = "/subscriptions/5a1d/resourcegroups/shop/providers"


def of_cluster(cluster: str, factor: float) -> Iterator[Series]:
    """Metrics of the services in the subscription of one cluster, as an `azure` row has them."""
    own = {**target(cluster, "exporter", f"azure-{cluster}"), "subscription": "shop-prod", "region": "weu"}
    yield from _network(own, factor)
    yield from _stored(own, factor)
    yield from _gateway(own, factor)
    data = _Named(own, "databases", "shop-db", "dbforpostgresql_flexibleservers")
    for metric, value in (
        ("cpu_average_ratio", 0.3),
        ("storage_average_ratio", 0.45),
        ("active_connections_average", 40),
        ("max_connections_maximum", 100 * factor),
    ):
        yield data(metric, value * factor)
    bus = _Named(own, "queues", "shop-bus", "servicebus_namespaces")
    for entity, letters in (("orders", 3.0), ("mails", 4.0)):
        yield bus("deadlettered_messages_average", letters * factor, entity_name=entity)
    yield bus("throttled_requests_total", per_second=0.2 * factor)
    yield _Named(own, "caches", "shop-cache", "cache_redis")("server_load_maximum_ratio", 0.35 * factor)
    plane = _Named(own, "clusters", cluster, "containerservice_managedclusters")
    for metric, value in (("apiserver_cpu", 0.4), ("apiserver_memory", 0.3), ("etcd_database", 0.2)):
        yield plane(f"{metric}_usage_maximum_ratio", value * factor)


def of_hub() -> Iterator[Series]:
    """What is read once for all subscriptions: health, quotas, advice."""
    facts = target(HUB, "azure-resourcemanager-exporter", "azure-facts")
    yield Series("azurerm_subscription_info", {**facts, **PAID}, 1)
    for resource, state, reason in (
        ("microsoft.network/loadbalancers/kubernetes", "unavailable", "unplanned"),
        ("microsoft.cache/redis/shop-cache", "degraded", "unplanned"),
        ("microsoft.keyvault/vaults/shop", "available", ""),
    ):
        health = {**facts, "resourceGroup": "shop", "resourceID": f"{GROUP}/{resource}"}
        given = {**health, "availabilityState": state, "reason": reason}
        yield Series("azurerm_resource_health", given, 1)
        yield Series("azurerm_resource_health_reporttime", health, END - HOUR)
    for subscription, region, quota, used in (
        (PAID, "westeurope", "Total Regional vCPUs", 0.9),
        (PAID, "westeurope", "Public IPv4 Addresses", 0.2),
        (OTHER, "northeurope", "Total Regional vCPUs", 0.5),
    ):
        named = {"subscriptionID": subscription["subscriptionID"], "location": region, "quotaName": quota}
        for which, amount in (("usage", used), ("current", 200 * used), ("limit", 200.0)):
            yield Series(f"azurerm_quota_{which}", {**facts, **named}, amount)
    for number in range(3):
        advice = {"category": "cost", "impact": "high", "problem": "Virtual machines are idle"}
        row = {**facts, **advice, "resourceID": f"{GROUP}/microsoft.compute/virtualmachines/vm-{number}"}
        yield Series("azurerm_advisor_recommendation", row, 1)


class _Named:
    """Makes series of one resource: `azure_<kind>_<metric>`."""

    def __init__(self, own: Mapping[str, str], group: str, name: str, kind: str) -> None:
        self._labels = {**own, "resource_group": group, "resource_name": name}
        self._kind = kind

    def __call__(
        self, metric: str, value: float = 0, per_second: float | None = None, **split: str
    ) -> Series:
        return Series(f"azure_{self._kind}_{metric}", {**self._labels, **split}, value, per_second)


def _network(own: Mapping[str, str], factor: float) -> Iterator[Series]:
    balancer = _Named(own, "mc_shop", "kubernetes", "network_loadbalancers")
    for address, reached in (("front-1", 100.0), ("front-2", 100 - factor)):
        yield balancer("vip_availability_average", reached, frontend_ip_address=address)
        yield balancer("dip_availability_average", reached - 10, frontend_ip_address=address)
    for node in ("10.0.0.4", "10.0.0.5"):
        yield balancer("used_snat_ports_average", 128 * factor, backend_ip_address=node)
        yield balancer("allocated_snat_ports_average", 1_024, backend_ip_address=node)
    gateway = _Named(own, "shop", "nat", "network_natgateways")
    for state, speed in (("Attempted", 40.0), ("Failed", 0.5)):
        total = "snat_connection_count_total"
        yield gateway(total, per_second=speed * factor, connection_state=state)
    yield gateway("packet_drop_count_total", per_second=0.25 * factor)
    public = _Named(own, "shop", "shop-ip", "network_publicipaddresses")
    yield public("if_under_ddos_attack_maximum", factor - 1)
    yield public("packets_dropped_ddos_maximum_per_second", 1_000 * (factor - 1))


def _stored(own: Mapping[str, str], factor: float) -> Iterator[Series]:
    account = _Named(own, "shop", "shopblocks", "storage_storageaccounts")
    for api, share in (("GetBlob", 1.0), ("PutBlob", 1 - 0.002 * factor)):
        yield account("availability_average_ratio", share, api_name=api)
        yield account("success_server_latency_average_seconds", 0.02 * factor, api_name=api)
    for reply, speed in (("Success", 9.75), ("ServerBusyError", 0.25)):
        yield account("transactions_total", per_second=speed * factor, response_type=reply)
    vault = _Named(own, "shop", "shop-kv", "keyvault_vaults")
    yield vault("availability_average_ratio", 1 - 0.001 * factor)
    yield vault("saturation_shoebox_average_ratio", 0.4 * factor)
    yield vault("service_api_latency_average_seconds", 0.03 * factor)


def _gateway(own: Mapping[str, str], factor: float) -> Iterator[Series]:
    gateway = _Named(own, "shop", "shop-door", "network_applicationgateways")
    for group, speed in (("2xx", 19.0), ("5xx", 1.0)):
        yield gateway("response_status_total", per_second=speed * factor, http_status_group=group)
    yield gateway("application_gateway_total_time_average_seconds", 0.12 * factor)
    yield gateway("backend_last_byte_response_time_average_seconds", 0.1 * factor)
    pool = "api~https"
    yield gateway("healthy_host_count_average", 4 - factor, backend_settings_pool=pool)
    yield gateway("unhealthy_host_count_average", factor, backend_settings_pool=pool)
    yield gateway("capacity_units_average", 12 * factor)
