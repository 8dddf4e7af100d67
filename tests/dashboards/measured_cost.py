"""What Azure charges, read on the hub, and what OpenCost says of one cluster."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dashboards.measured_azure import OTHER, PAID
from tests.dashboards.series import END, HUB, Series, target

DAY = 86_400


def of_hub() -> Iterator[Series]:
    """Budgets and costs of two subscriptions, in euros."""
    facts = target(HUB, "azure-resourcemanager-exporter", "azure-facts")
    for subscription, name, spent, forecast in ((PAID, "shop", 750.0, 1_200.0), (OTHER, "tests", 20.0, 30.0)):
        owner = {"subscriptionID": subscription["subscriptionID"]}
        budget = {**facts, **owner, "budgetName": name, "resourceID": f"/budgets/{name}"}
        amount = 1_000.0 if name == "shop" else 100.0
        yield Series("azurerm_budgets_limit", budget, amount)
        yield Series("azurerm_budgets_usage", budget, spent / amount)
        yield Series("azurerm_budgets_current", {**budget, "unit": "eur"}, spent)
        yield Series("azurerm_budgets_forecast", {**budget, "unit": "eur"}, forecast)
        for group, cost in (("shop", 0.6 * spent), ("mc_shop", 0.4 * spent)):
            row = {**facts, **owner, "resourceGroup": group, "currency": "eur", "timeframe": "MonthToDate"}
            yield Series("azurerm_costs_by_resourceGroup", row, cost)
    query = {**facts, "metric": "azurerm_costs_by_resourceGroup"}
    yield Series("azurerm_costs_metric_timestamp_seconds", query, END - 0.5 * DAY)


def of_cluster(cluster: str, factor: float) -> Iterator[Series]:
    """Two nodes, one of them spot; a namespace that takes a part of them; a volume, a load balancer."""
    own = target(cluster, "opencost", "opencost")
    for number, (price, spot) in enumerate(((0.4, 0.0), (0.1, 1.0))):
        node = {**own, "node": f"node-{number}"}
        yield Series("node_total_hourly_cost", node, price * factor)
        yield Series("node_cpu_hourly_cost", node, 0.05 * factor)
        yield Series("node_ram_hourly_cost", node, 0.01)
        yield Series("kubecost_node_is_spot", node, spot)
    for namespace, cores in (("shop", 2.0), ("monitoring", 1.0)):
        container = {**own, "node": "node-0", "namespace": namespace, "pod": "api-1", "container": "api"}
        yield Series("container_cpu_allocation", container, cores)
        yield Series("container_memory_allocation_bytes", container, cores * 2 * 1024**3)
    yield Series("pv_hourly_cost", {**own, "persistentvolume": "pv-1"}, 0.0001)
    state = target(cluster, "kube-state-metrics", f"kube-state-metrics-{cluster}")
    volume = {**state, "persistentvolume": "pv-1"}
    yield Series("kube_persistentvolume_capacity_bytes", volume, 100 * factor * 1024**3)
    yield Series("kubecost_load_balancer_cost", {**own, "namespace": "shop", "service_name": "door"}, 0.025)
