"""Cost: what Azure charges against what was planned, and what clusters cost by what runs in them."""

from __future__ import annotations

from dashboards.promql import highest, of, ranked, since, subscribed, total
from dashboards.values import Bars, Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
DAY = 86_400.0
# Hours of a month, on average.
MONTH = 730
GIBIBYTE = "1024 ^ 3"
SPENT = Steps("green", ((0.8, "orange"), (1, "red")))
USED = of("azurerm_budgets_usage")
CURRENT, FORECAST, AMOUNT = (of(f"azurerm_budgets_{which}") for which in ("current", "forecast", "limit"))
BUDGET = "cluster, subscription, budgetName, unit"
OVERRUN = (
    f"max by (cluster, resourceID) ({FORECAST}) > on (cluster, resourceID)"
    f" max by (cluster, resourceID) ({AMOUNT})"
)
MONTH_TO_DATE = of("azurerm_costs_by_resourceGroup", 'timeframe="MonthToDate"')

NODES = total("node_total_hourly_cost", by="cluster")
# OpenCost allocates to a container what it asks for, or what it uses where that is more.
ALLOCATED = " + ".join(
    f"sum by (cluster, namespace) (sum by (cluster, node, namespace) ({of(amount)}){unit}"
    f" * on (cluster, node) group_left () max by (cluster, node) ({of(price)}))"
    for amount, unit, price in (
        ("container_cpu_allocation", "", "node_cpu_hourly_cost"),
        ("container_memory_allocation_bytes", f" / {GIBIBYTE}", "node_ram_hourly_cost"),
    )
)
IDLE = f"1 - sum by (cluster) ({ALLOCATED}) / {NODES}"
SPOT = (
    f"sum by (cluster) (max by (cluster, node) ({of('node_total_hourly_cost')})"
    f" * on (cluster, node) max by (cluster, node) ({of('kubecost_node_is_spot')}))"
)
VOLUMES = (
    f"sum by (cluster) (max by (cluster, persistentvolume) ({of('pv_hourly_cost')})"
    " * on (cluster, persistentvolume) max by (cluster, persistentvolume)"
    f" ({of('kube_persistentvolume_capacity_bytes')}) / {GIBIBYTE})"
)
BALANCERS = total("kubecost_load_balancer_cost", by="cluster")


def _of_budget(metric: str) -> str:
    """Of each budget, with the currency of what was spent."""
    priced = f"({metric} * on (cluster, resourceID) group_left (unit) ({CURRENT} * 0 + 1))"
    return f"max by ({BUDGET}) ({subscribed(priced)})"


NOW = Section(
    "Now",
    (
        Number(
            "Fullest budget",
            "Share of its amount that is spent, of the budget that is used up most.",
            4,
            "percentunit",
            Query(f"max({USED})", collapses=ALL),
            SPENT,
            missing="no budgets",
            height=4,
        ),
        Number(
            "Will not hold",
            "Budgets that are overrun by the end of their period, says the forecast of Azure.",
            4,
            "short",
            Query(f"count({OVERRUN}) or 0 * count({FORECAST})", collapses=ALL),
            from_value(1, "orange"),
            missing="no forecast",
            height=4,
        ),
        Number(
            "Age of costs",
            "Since the oldest of the cost queries was answered. Azure itself is up to a day behind; above two"
            " days the figures are old.",
            4,
            "s",
            Query(f"max({since(of('azurerm_costs_metric_timestamp_seconds'))})", collapses=ALL),
            from_value(2 * DAY),
            missing="no queries",
            height=4,
        ),
        Number(
            "Nodes, a month",
            "What all nodes cost in a month at today's number and price, in the currency that OpenCost is set"
            " to.",
            4,
            "short",
            Query(f"{MONTH} * sum({of('node_total_hourly_cost')})", collapses=ALL),
            Steps("text"),
            missing="no OpenCost",
            height=4,
        ),
        Number(
            "Idle",
            "Share of the price of nodes that no container asks for or uses. A fifth is room to breathe; half"
            " is waste.",
            4,
            "percentunit",
            Query(f"1 - sum({ALLOCATED}) / sum({NODES})", collapses=ALL),
            Steps("green", ((0.35, "orange"), (0.5, "red"))),
            missing="no OpenCost",
            height=4,
        ),
        Number(
            "On spot",
            "Share of the price of nodes that is paid for spot nodes, which Azure may take back at any time.",
            4,
            "percentunit",
            Query(f"sum({SPOT}) / sum({NODES})", collapses=ALL),
            Steps("text"),
            missing="no OpenCost",
            height=4,
        ),
    ),
)

BUDGETS = Section(
    "Budgets",
    (
        Rows(
            "Each budget",
            "What is spent of each budget of its period, what Azure expects by the end, and its amount.",
            14,
            ("cluster", "subscription", "budgetName", "unit"),
            (
                Column("Used", "percentunit", Query(_of_budget(USED)), SPENT),
                Column("Spent", "short", Query(f"max by ({BUDGET}) ({subscribed(CURRENT)})")),
                Column(
                    "Forecast", "short", Query(f"max by ({BUDGET}) ({subscribed(FORECAST)})"), missing="none"
                ),
                Column("Amount", "short", Query(_of_budget(AMOUNT))),
            ),
            "Used",
            missing="no budgets",
        ),
        Lines(
            "Budgets over time",
            "Share of each budget that is spent. A line that reaches the one across before its period ends is"
            " one to speak about.",
            10,
            "percentunit",
            (
                Query(
                    f"max by (cluster, subscription, budgetName) ({subscribed(USED)})",
                    "{{subscription}} {{budgetName}}",
                ),
            ),
            None,
            from_value(1),
            missing="no budgets",
        ),
    ),
)

SPEND = Section(
    "What Azure charged this month",
    (
        Lines(
            "This month, by subscription",
            "What Azure charged since the first of the month. A step is the bill of a day; a steep one is"
            " something new.",
            12,
            "short",
            (
                Query(
                    f"sum by (cluster, subscription, currency) ({subscribed(MONTH_TO_DATE)})",
                    "{{subscription}} {{currency}}",
                ),
            ),
            missing="no queries",
        ),
        Bars(
            "This month, by resource group",
            "The resource groups that cost most since the first of the month.",
            12,
            "short",
            Query(
                ranked(10, f"sum by (cluster, resourceGroup, currency) ({MONTH_TO_DATE})"),
                "{{resourceGroup}} {{currency}}",
            ),
            missing="no queries",
        ),
    ),
)

CLUSTERS = Section(
    "Clusters",
    (
        Lines(
            "Nodes, per hour",
            "What the nodes of each cluster cost per hour, in the currency of OpenCost.",
            8,
            "short",
            (Query(NODES, "{{cluster}}"),),
            missing="no OpenCost",
            drill="singlepane-cluster",
        ),
        Lines(
            "Idle share",
            "Share of the price of nodes that no container asks for or uses. It falls when requests are made"
            " honest and nodes are packed.",
            8,
            "percentunit",
            (Query(IDLE, "{{cluster}}"),),
            1,
            Steps("green", ((0.5, "red"),)),
            missing="no OpenCost",
            drill="singlepane-cluster",
        ),
        Lines(
            "Volumes and load balancers, per hour",
            "What volumes and load balancers cost per hour: they stay when pods are gone.",
            8,
            "short",
            (
                Query(VOLUMES, "{{cluster}} volumes"),
                Query(BALANCERS, "{{cluster}} load balancers"),
            ),
            missing="no OpenCost",
            drill="singlepane-cluster",
        ),
        Rows(
            "Namespaces, a month",
            "The ten namespaces of each cluster that cost most in a month at today's pace: the processors and"
            " memory that their containers ask for or use.",
            24,
            ("cluster", "namespace"),
            (
                Column("A month", "short", Query(highest(10, f"{MONTH} * ({ALLOCATED})"))),
                Column(
                    "Of the cluster",
                    "percentunit",
                    Query(highest(10, f"({ALLOCATED}) / on (cluster) group_left () {NODES}")),
                ),
            ),
            "A month",
            link="singlepane-workload",
            missing="no OpenCost",
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-cost",
    title="Cost",
    about="What Azure charges against what was planned, and what clusters cost by what runs in them.",
    sections=(NOW, BUDGETS, SPEND, CLUSTERS),
    clusters="label_values(up, cluster)",
    drill="singlepane-workload",
    since="now-30d",
    refresh="5m",
)
