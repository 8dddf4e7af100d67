"""Delivery: what Argo CD has not brought to the clusters, and what pipelines wait for."""

from __future__ import annotations

from dashboards.promql import of, part, quantile, rate, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
APP = "cluster, project, name"
OUT = of("argocd_app_info", 'sync_status!="Synced"')
UNWELL = of("argocd_app_info", 'health_status=~"Degraded|Missing|Unknown"')
APPS = of("argocd_app_info")
DONE = 'dry_run!="true"'
FAILED = f'{DONE}, phase=~"Error|Failed"'
BUILDS = "azure_devops_stats_project_builds"
POOLS = of("azure_devops_agentpool_info")


def _pool(metric: str) -> Query:
    """A metric of agent pools, by the name of the pool."""
    named = f"max by (cluster, agentPoolID, agentPoolName) ({POOLS})"
    own = f"max by (cluster, agentPoolID) ({of(metric)})"
    joined = f"{own} * on (cluster, agentPoolID) group_left (agentPoolName) {named}"
    return Query(f"max by (cluster, agentPoolName) ({joined})", "{{agentPoolName}}")


NOW = Section(
    "Now",
    (
        Number(
            "Applications",
            "Applications that Argo CD knows.",
            4,
            "short",
            Query(f"count({APPS})", collapses=ALL),
            Steps("text"),
            missing="no Argo CD",
            height=4,
        ),
        Number(
            "Out of sync",
            "Applications whose cluster differs from git. Somebody changed it by hand, or a sync is due.",
            5,
            "short",
            Query(f"count({OUT}) or 0 * count({APPS})", collapses=ALL),
            from_value(1, "orange"),
            missing="no Argo CD",
            height=4,
        ),
        Number(
            "Not well",
            "Applications that are degraded, missing or of unknown health.",
            5,
            "short",
            Query(f"count({UNWELL}) or 0 * count({APPS})", collapses=ALL),
            from_value(1),
            missing="no Argo CD",
            height=4,
        ),
        Number(
            "Clusters out of reach",
            "Clusters that Argo CD cannot talk to. Nothing is delivered there.",
            5,
            "short",
            Query(
                f"count({of('argocd_cluster_connection_status')} == 0)"
                f" or 0 * count({of('argocd_cluster_connection_status')})",
                collapses=ALL,
            ),
            from_value(1),
            missing="no Argo CD",
            height=4,
        ),
        Number(
            "Jobs that wait",
            "Jobs of pipelines that wait for an agent, over all pools.",
            5,
            "short",
            Query(f"sum({of('azure_devops_agentpool_queue_length')})", collapses=ALL),
            from_value(10, "orange"),
            missing="no Azure DevOps",
            height=4,
        ),
    ),
)

ARGO = Section(
    "Argo CD",
    (
        Rows(
            "Applications that are not as they should be",
            "Every application that is out of sync or not well, and where it goes.",
            12,
            ("cluster", "project", "name", "sync_status", "health_status"),
            (
                Column(
                    "State",
                    "short",
                    Query(f"max by (cluster, project, name, sync_status, health_status) ({OUT} or {UNWELL})"),
                    Steps("orange"),
                    words={"1": "look"},
                ),
            ),
            missing="none",
            height=10,
        ),
        Lines(
            "Syncs that fail",
            "Share of syncs that end in an error, dry runs left out.",
            12,
            "percentunit",
            (
                Query(
                    part(
                        rate("argocd_app_sync_total", FAILED, "cluster, project"),
                        rate("argocd_app_sync_total", DONE, "cluster, project"),
                    ),
                    "{{cluster}} {{project}}",
                ),
            ),
            None,
            from_value(0.05, "orange"),
            missing="no syncs",
            height=10,
        ),
        Lines(
            "Time of a reconciliation",
            "99 of 100 comparisons of an application with git take at most this time. When it climbs,"
            " changes arrive late.",
            8,
            "s",
            (Query(quantile(0.99, "argocd_app_reconcile", "", "cluster"), "{{cluster}}"),),
            missing="no Argo CD",
        ),
        Lines(
            "Requests for manifests that wait",
            "Requests to the repository server that wait. It renders all charts: when the line does not come"
            " back, it needs more room.",
            8,
            "short",
            (Query(total("argocd_repo_pending_request_total", "", "cluster"), "{{cluster}}"),),
            missing="no Argo CD",
        ),
        Lines(
            "Git that fails",
            "Fetches per second that failed.",
            8,
            "ops",
            (Query(rate("argocd_git_fetch_fail_total", "", "cluster, repo"), "{{cluster}} {{repo}}"),),
            missing="none",
        ),
        Lines(
            "Notifications that fail",
            "Notifications of Argo CD per second that were not delivered.",
            12,
            "ops",
            (
                Query(
                    rate("argocd_notifications_deliveries_total", 'succeeded="false"', "cluster, service"),
                    "{{cluster}} {{service}}",
                ),
            ),
            missing="none",
        ),
    ),
)

PIPELINES = Section(
    "Azure DevOps",
    (
        Lines(
            "Jobs that wait, by pool",
            "Jobs that wait for an agent. When a queue stays, the pool is too small or its agents are gone.",
            12,
            "short",
            (_pool("azure_devops_agentpool_queue_length"),),
            missing="no Azure DevOps",
        ),
        Lines(
            "Agents at work",
            "Share of the agents of each pool that have a job.",
            12,
            "percentunit",
            (_pool("azure_devops_agentpool_usage"),),
            1,
            from_value(0.95, "orange"),
            missing="no Azure DevOps",
        ),
        Lines(
            "Builds that fail",
            "Share of builds that do not succeed, by project.",
            12,
            "percentunit",
            (
                Query(
                    part(
                        rate(
                            "azure_devops_stats_project_builds", 'result!="succeeded"', "cluster, projectID"
                        ),
                        rate("azure_devops_stats_project_builds", "", "cluster, projectID"),
                    ),
                    "{{cluster}} {{projectID}}",
                ),
            ),
            missing="no builds",
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-delivery",
    title="Delivery",
    about="What Argo CD has not brought to the clusters, and what pipelines wait for.",
    sections=(NOW, ARGO, PIPELINES),
    clusters="label_values(up, cluster)",
    drill="singlepane-on-call",
    since="now-24h",
)
