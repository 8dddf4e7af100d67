"""Estate overview: who reports, what is down, what is stale, how full clusters are.

It reads recorded series alone, some of each cluster however large it is, and two that are few by nature:
`ALERTS`, one for each alert that fires, and the inventory, one for each cluster.
"""

from __future__ import annotations

from dashboards.promql import EXPECTED, counted, of, since, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

# Every cluster that should be there, under the label that all other series use. It comes from the hub.
INVENTORY = (
    f"max by (cluster) (label_replace(singlepane_estate_cluster_info{{{EXPECTED}}},"
    ' "cluster", "$1", "expected_cluster", "(.+)"))'
)
ALL = "one figure over the chosen clusters"
THREE_HOURS = 10_800.0
# Summed, so that the name of the series does not become a column of tables.
UP, TARGETS_THERE = (total(f"cluster:up:{which}", by="cluster") for which in ("sum", "count"))
FIRING = of("ALERTS", 'alertstate="firing", severity!="none"')
SINCE_UPLOAD = since(of("component:thanos_objstore_bucket_last_successful_upload_time:max"))
STALE = of("cluster:exporter_collector_stale:count")
CPU = total("cluster:node_cpu:ratio_rate5m", by="cluster")
MEMORY = f"1 - {of(':node_memory_MemAvailable_bytes:sum')} / {of(':node_memory_MemTotal_bytes:sum')}"
DISK = total("cluster:node_filesystem_utilisation:max", by="cluster")
NODES = "cluster_status:kube_node_status_condition:count"
PENDING = total("cluster_phase:kube_pod_status_phase:sum", 'phase="Pending"', "cluster")
WAITING = "cluster_reason:kube_pod_container_status_waiting_reason:sum"
PODS = total("cluster_phase:kube_pod_status_phase:sum", by="cluster")
FULL = Steps("green", ((0.8, "orange"), (0.95, "red")))
SOME = from_value(1, "orange")


def _asked(resource: str) -> str:
    """How much of what nodes have is asked for."""
    of_pods, of_nodes = (
        total(name, f'resource="{resource}"', "cluster")
        for name in (
            "cluster_resource:kube_pod_container_resource_requests:sum",
            "cluster_resource:kube_node_status_allocatable:sum",
        )
    )
    return f"{of_pods} / ({of_nodes} > 0)"


LATE, LOOPING = 'ready!="true"', 'reason="CrashLoopBackOff"'
NOT_READY = f"{total(NODES, LATE, 'cluster')} or 0 * {total(NODES, by='cluster')}"
CRASHING = f"{total(WAITING, LOOPING, 'cluster')} or 0 * {PODS}"


NOW = Section(
    "Now",
    (
        Number(
            "Silent clusters",
            "Clusters that the estate expects and of which no target answers. More than 0: find out first"
            " whether the cluster is down or only its monitoring.",
            4,
            "short",
            Query(
                counted(f"{INVENTORY} unless on (cluster) {UP} > 0", INVENTORY),
                collapses=ALL,
            ),
            from_value(1),
            missing="no inventory",
            height=4,
        ),
        Number(
            "Clusters expected",
            "Clusters of the estate among the chosen ones, whether they report or not.",
            4,
            "short",
            Query(f"count({INVENTORY})", collapses=ALL),
            Steps("text"),
            missing="no inventory",
            height=4,
        ),
        Number(
            "Targets down",
            "Targets that Prometheus cannot scrape. A table below names their jobs.",
            4,
            "short",
            Query(f"sum({TARGETS_THERE}) - sum({UP})", collapses=ALL),
            from_value(1, "orange"),
            missing="no targets",
            height=4,
            drill="singlepane-prometheus",
        ),
        Number(
            "Alerts firing",
            "Alerts of any severity that fire now, without the Watchdog, which always does.",
            4,
            "short",
            Query(counted(FIRING, UP), collapses=ALL),
            from_value(1, "orange"),
            missing="no targets",
            height=4,
            drill="singlepane-on-call",
        ),
        Number(
            "Oldest upload",
            "Age of the last block of the sidecar that is furthest behind. A sidecar uploads every two"
            " hours; after three something is wrong, and what Prometheus deletes before it is uploaded is"
            " lost.",
            4,
            "s",
            Query(f"max({SINCE_UPLOAD})", collapses=ALL),
            from_value(THREE_HOURS),
            missing="no upload yet",
            height=4,
            drill="singlepane-thanos",
        ),
        Number(
            "Stale collectors",
            "Collectors of our exporters that have not succeeded for three of their intervals. What they"
            " export is old, and alerts on it are blind.",
            4,
            "short",
            Query(f"sum({STALE})", collapses=ALL),
            from_value(1, "orange"),
            missing="no exporters",
            height=4,
            drill="singlepane-exporters",
        ),
    ),
)

CLUSTERS = Section(
    "Clusters",
    (
        Rows(
            "Clusters",
            "A row for each cluster of the estate, and for any that reports without being in it. One that has"
            " nothing but its name is silent. The name opens its own dashboard.",
            24,
            ("cluster",),
            (
                Column("In the estate", "short", Query(INVENTORY), Steps("text"), "no", {"1": "yes"}),
                Column("Targets down", "short", Query(f"{TARGETS_THERE} - {UP}"), SOME, "silent"),
                Column("Targets", "short", Query(TARGETS_THERE), None, "silent"),
                Column("Alerts", "short", Query(counted(FIRING, UP, "cluster")), SOME),
                Column("Nodes not ready", "short", Query(NOT_READY), SOME),
                Column("Pods pending", "short", Query(PENDING), SOME),
                Column("Crash loops", "short", Query(CRASHING), SOME),
                Column("CPU", "percentunit", Query(CPU), FULL),
                Column("Memory", "percentunit", Query(MEMORY), FULL),
                Column("CPU asked for", "percentunit", Query(_asked("cpu")), FULL),
                Column("Memory asked for", "percentunit", Query(_asked("memory")), FULL),
                Column(
                    "Active series",
                    "short",
                    Query(total("cluster:prometheus_tsdb_head_series:sum", by="cluster")),
                ),
                Column(
                    "Last upload",
                    "s",
                    Query(f"max by (cluster) {SINCE_UPLOAD}"),
                    from_value(THREE_HOURS),
                    "none yet",
                ),
            ),
            "Targets down",
            link="singlepane-cluster",
            height=9,
        ),
    ),
)

TARGETS = Section(
    "Targets and ingest",
    (
        Lines(
            "Targets that answer",
            "Share of each cluster's targets that Prometheus can scrape. Below 100% something is not"
            " measured.",
            8,
            "percentunit",
            (Query(f"{UP} / {TARGETS_THERE}", "{{cluster}}"),),
            1,
            drill="singlepane-prometheus",
        ),
        Lines(
            "Samples ingested",
            "Samples that each Prometheus takes in per second, over five minutes. A drop is a lost target, a"
            " rise is cardinality.",
            8,
            "cps",
            (Query(total("component:prometheus_tsdb_head_samples_appended:rate5m"), "{{component}}"),),
            drill="singlepane-prometheus",
        ),
        Rows(
            "Jobs with targets down",
            "Jobs of which Prometheus cannot scrape a target, the ten worst of each cluster. Empty is good."
            " The name of the cluster opens its targets.",
            8,
            ("cluster", "job"),
            (
                Column(
                    "Targets down",
                    "short",
                    Query(total("job:up_down:count", by="cluster, job")),
                    Steps("red"),
                ),
            ),
            "Targets down",
            link="singlepane-prometheus",
            missing="none",
        ),
    ),
)

UPLOADS = Section(
    "Blocks on their way to the object store",
    (
        Lines(
            "Age of the last upload",
            "Time since each sidecar last uploaded a block. It climbs for two hours and falls to zero; the"
            " line across marks three hours, after which the upload is stuck.",
            12,
            "s",
            (Query(SINCE_UPLOAD, "{{component}}"),),
            None,
            from_value(THREE_HOURS),
            drill="singlepane-thanos",
        ),
        Lines(
            "Failed uploads",
            "Block uploads that failed, per second over five minutes. They are tried again, so that single"
            " ones do no harm.",
            12,
            "ops",
            (Query(total("component:thanos_shipper_upload_failures:rate5m"), "{{component}}"),),
            drill="singlepane-thanos",
        ),
    ),
)

ROOM = Section(
    "Room",
    (
        Lines(
            "CPU used",
            "Share of processor time that is used, over all nodes of a cluster and five minutes.",
            8,
            "percentunit",
            (Query(CPU, "{{cluster}}"),),
            1,
        ),
        Lines(
            "Memory used",
            "Share of memory that new work cannot have, over all nodes of a cluster.",
            8,
            "percentunit",
            (Query(MEMORY, "{{cluster}}"),),
            1,
        ),
        Lines(
            "Fullest disk",
            "The fullest file system of each cluster; those in memory and overlays are left out.",
            8,
            "percentunit",
            (Query(DISK, "{{cluster}}"),),
            1,
            from_value(0.9),
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-estate",
    title="Estate overview",
    about="All clusters of the estate in one pane: who reports, what is down, what is stale.",
    sections=(NOW, CLUSTERS, TARGETS, UPLOADS, ROOM),
    # The inventory, not `up`: a cluster that never reported can be chosen too.
    clusters="label_values(singlepane_estate_cluster_info, expected_cluster)",
    drill="singlepane-cluster",
    tags=("estate",),
    local=True,
)
