"""Azure: what is not available, what is nearly used up, and what the platform's services do."""

from __future__ import annotations

from dashboards.content import azure_services
from dashboards.promql import counted, highest, of, since, subscribed
from dashboards.values import Column, Dashboard, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
NEARLY = 0.85
FULL = Steps("green", ((0.7, "orange"), (NEARLY, "red")))
AVAILABLE = Steps("red", ((0.99, "orange"), (0.999, "green")))
# The exporter writes states in lower case, as Azure does not.
HEALTH = of("azurerm_resource_health")
UNAVAILABLE, DEGRADED = (
    of("azurerm_resource_health", f'availabilityState="{state}"') for state in ("unavailable", "degraded")
)
QUOTA = of("azurerm_quota_usage")
ATTACKED = of("azure_network_publicipaddresses_if_under_ddos_attack_maximum")
READ = of("azure_metrics_up")
# An account may have the name of a vault.
OF_STORAGE = f'label_replace({azure_services.ACCOUNTS}, "kind", "storage", "", "")'
# `loadbalancers/kubernetes`, out of its id.
NAMED = '"resource", "$1", "resourceID", ".*/([^/]+/[^/]+)"'
OF_RESOURCE = "cluster, resourceGroup, resource, reason"


def _of_resource(expr: str) -> str:
    return f"max by ({OF_RESOURCE}) (label_replace({expr}, {NAMED}))"


def _of_quota(metric: str) -> str:
    """Of the fullest quotas alone: there are hundreds."""
    quota = "cluster, subscriptionID, location, quotaName"
    fullest = f"{of(metric)} and on ({quota}) {highest(12, QUOTA)}"
    return f"max by (cluster, subscription, location, quotaName) ({subscribed(f'({fullest})')})"


REPORTED = since(f"max by (cluster, resourceID) ({of('azurerm_resource_health_reporttime')})")
TROUBLED = f"({UNAVAILABLE} or {DEGRADED}) == 1"

NOW = Section(
    "Now",
    (
        Number(
            "Not available",
            "Resources that Azure itself calls unavailable or degraded. The table below names them.",
            4,
            "short",
            Query(counted(TROUBLED, HEALTH), collapses=ALL),
            from_value(1),
            missing="no health",
            height=4,
        ),
        Number(
            "Quotas over 85%",
            "Quotas of which more than 85% are used. Raising one takes a request and some days: nodes that"
            " are not granted are pods that stay pending.",
            4,
            "short",
            Query(counted(f"{QUOTA} > {NEARLY}", QUOTA), collapses=ALL),
            from_value(1, "orange"),
            missing="no quotas",
            height=4,
        ),
        Number(
            "Lowest availability",
            "The vault or storage account that answered the smallest share of its requests, as Azure counts"
            " them.",
            4,
            "percentunit",
            Query(f"min({azure_services.VAULTS} or {OF_STORAGE})", collapses=ALL),
            AVAILABLE,
            missing="no vaults",
            height=4,
        ),
        Number(
            "Fullest SNAT",
            "Of all load balancers the largest share of ports for outgoing connections in use. At 100% new"
            " connections to the internet fail.",
            4,
            "percentunit",
            Query(f"max({azure_services.SNAT})", collapses=ALL),
            FULL,
            missing="none read",
            height=4,
        ),
        Number(
            "Under attack",
            "Public addresses that Azure defends against a flood of traffic now.",
            4,
            "short",
            Query(counted(f"{ATTACKED} > 0", ATTACKED), collapses=ALL),
            from_value(1),
            missing="none read",
            height=4,
        ),
        Number(
            "Types not read",
            "Types of resources that the last reading did not bring whole: what is missing here is shown"
            " nowhere.",
            4,
            "short",
            Query(counted(f"{READ} == 0", READ), collapses=ALL),
            from_value(1, "orange"),
            missing="no exporter",
            height=4,
        ),
    ),
)

HEALTH_AND_LIMITS = Section(
    "Health and limits",
    (
        Rows(
            "Not available, says Azure",
            "Resources that Azure calls unavailable or degraded, why, and when it said so last.",
            13,
            ("cluster", "resourceGroup", "resource", "reason"),
            (
                Column(
                    "State",
                    "short",
                    Query(f"2 * {_of_resource(f'{UNAVAILABLE} == 1')} or {_of_resource(f'{DEGRADED} == 1')}"),
                    Steps("orange", ((2, "red"),)),
                    words={"1": "degraded", "2": "unavailable"},
                ),
                Column(
                    "Reported",
                    "s",
                    Query(
                        _of_resource(f"{REPORTED} * on (cluster, resourceID) group_right () ({TROUBLED})"),
                    ),
                    missing="not said",
                ),
            ),
            "State",
            missing="none",
            height=9,
        ),
        Rows(
            "Quotas, fullest first",
            "The twelve fullest quotas that each exporter reads, by subscription and region.",
            11,
            ("cluster", "subscription", "location", "quotaName"),
            (
                Column("In use", "percentunit", Query(_of_quota("azurerm_quota_usage")), FULL),
                Column("Used", "short", Query(_of_quota("azurerm_quota_current"))),
                Column("Limit", "short", Query(_of_quota("azurerm_quota_limit"))),
            ),
            "In use",
            missing="no quotas",
            height=9,
        ),
    ),
)

ADVICE = Section(
    "Advice",
    (
        Rows(
            "What Azure advises",
            "Recommendations of Azure Advisor that are open, by the problem, with how many resources have"
            " it.",
            24,
            ("cluster", "impact", "category", "problem"),
            (
                Column(
                    "Resources",
                    "short",
                    Query(
                        "count by (cluster, impact, category, problem)"
                        f" ({of('azurerm_advisor_recommendation')} > 0)"
                    ),
                ),
            ),
            "Resources",
            missing="no advice",
        ),
    ),
    closed=True,
)

DASHBOARD = Dashboard(
    uid="singlepane-azure",
    title="Azure",
    about="What is not available in Azure, what is nearly used up, what its services do.",
    sections=(
        NOW,
        HEALTH_AND_LIMITS,
        azure_services.NETWORK,
        azure_services.STORAGE,
        azure_services.DATA,
        azure_services.CONTROL_PLANES,
        ADVICE,
    ),
    clusters="label_values(up, cluster)",
    drill="singlepane-exporters",
    since="now-6h",
    refresh="1m",
)
