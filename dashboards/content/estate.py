"""Estate overview: who reports, what is down, what is stale; then what the figures come from."""

from __future__ import annotations

from dashboards.promql import EXPECTED, SINCE_UPLOAD, counted, of, part, rate, since, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

# Every cluster that should be there, under the label that all other series use. It comes from the hub.
INVENTORY = (
    f"max by (cluster) (label_replace(singlepane_estate_cluster_info{{{EXPECTED}}},"
    ' "cluster", "$1", "expected_cluster", "(.+)"))'
)
ALL = "one figure over the chosen clusters"
THREE_HOURS = 10_800.0
UP = of("up")
FIRING = of("ALERTS", 'alertstate="firing", severity!="none"')
LAST_SUCCESS = of("exporter_collector_last_success_timestamp_seconds")
SINCE_SUCCESS = since(LAST_SUCCESS)
# It is 0 until the first one, which would be an age of decades.
SUCCEEDED = since(f"{LAST_SUCCESS} > 0")
INTERVAL = of("exporter_collector_interval_seconds")
IDLE = of("node_cpu_seconds_total", 'mode="idle"')
CPU = f"1 - avg by (cluster) (rate({IDLE}[$__rate_interval]))"
AVAILABLE, MEMORY_SIZE = (
    total(f"node_memory_Mem{kind}_bytes", by="cluster") for kind in ("Available", "Total")
)
MEMORY = f"1 - {AVAILABLE} / {MEMORY_SIZE}"
DISKS = 'fstype!~"tmpfs|ramfs|overlay|squashfs|nsfs|devtmpfs|fuse.*"'
DISK = (
    f"max by (cluster) (1 - {of('node_filesystem_avail_bytes', DISKS)}"
    f" / {of('node_filesystem_size_bytes', DISKS)})"
)
FULL = Steps("green", ((0.8, "orange"), (0.95, "red")))
ORDERS, FAILED = (rate(f"shop_orders{kind}_total", by="cluster") for kind in ("", "_failed"))

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
                counted(f"{INVENTORY} unless on (cluster) count by (cluster) ({UP} == 1)", INVENTORY),
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
            "Targets that Prometheus cannot scrape. A table below names them.",
            4,
            "short",
            Query(counted(f"{UP} == 0", UP), collapses=ALL),
            from_value(1, "orange"),
            missing="no targets",
            height=4,
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
        ),
        Number(
            "Stale collectors",
            "Collectors of our exporters that have not succeeded for three of their intervals. What they"
            " export is old, and alerts on it are blind.",
            4,
            "short",
            Query(counted(f"{SINCE_SUCCESS} > 3 * {INTERVAL}", INTERVAL), collapses=ALL),
            from_value(1, "orange"),
            missing="no exporters",
            height=4,
        ),
    ),
)

CLUSTERS = Section(
    "Clusters",
    (
        Rows(
            "Clusters",
            "A row for each cluster of the estate, and for any that reports without being in it. One that has"
            " nothing but its name is silent. The name opens its part of the Thanos dashboard.",
            24,
            ("cluster",),
            (
                Column("In the estate", "short", Query(INVENTORY), Steps("text"), "no", {"1": "yes"}),
                Column(
                    "Targets down",
                    "short",
                    Query(counted(f"{UP} == 0", UP, "cluster")),
                    from_value(1, "orange"),
                    "silent",
                ),
                Column("Targets", "short", Query(f"count by (cluster) ({UP})"), None, "silent"),
                Column(
                    "Alerts firing",
                    "short",
                    Query(counted(FIRING, UP, "cluster")),
                    from_value(1, "orange"),
                ),
                Column("CPU", "percentunit", Query(CPU), FULL),
                Column("Memory", "percentunit", Query(MEMORY), FULL),
                Column(
                    "Active series",
                    "short",
                    Query(total("prometheus_tsdb_head_series", 'job="prometheus"', "cluster")),
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
            link="singlepane-thanos",
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
            (Query(f"sum by (cluster) ({UP}) / count by (cluster) ({UP})", "{{cluster}}"),),
            1,
        ),
        Lines(
            "Samples ingested",
            "Samples that each Prometheus takes in per second. A drop is a lost target, a rise is"
            " cardinality.",
            8,
            "cps",
            (
                Query(
                    rate("prometheus_tsdb_head_samples_appended_total", 'job="prometheus"'), "{{component}}"
                ),
            ),
        ),
        Rows(
            "Targets that are down",
            "Every target that Prometheus cannot scrape now. Empty is good.",
            8,
            ("cluster", "component", "job", "instance"),
            (
                Column(
                    "State",
                    "short",
                    Query(f"max by (cluster, component, job, instance) ({UP}) == 0"),
                    Steps("red"),
                    words={"0": "down"},
                ),
            ),
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
            (Query(f"max by (cluster, component) {SINCE_UPLOAD}", "{{component}}"),),
            None,
            from_value(THREE_HOURS),
        ),
        Lines(
            "Failed uploads",
            "Block uploads that failed, per second. They are tried again, so that single ones do no harm.",
            12,
            "ops",
            (Query(rate("thanos_shipper_upload_failures_total", 'job="sidecar"'), "{{component}}"),),
        ),
    ),
)

NODES = Section(
    "Nodes",
    (
        Lines(
            "CPU used",
            "Share of processor time that is not idle, over all nodes of a cluster.",
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

EXPORTERS = Section(
    "Exporters",
    (
        Lines(
            "Age in intervals",
            "Time since each collector last succeeded, in its own intervals. Around 1 is fresh; above the"
            " line at 3 it is stale.",
            12,
            "short",
            (
                Query(
                    f"max by (cluster, component, collector) ({SUCCEEDED} / {INTERVAL})",
                    "{{component}} {{collector}}",
                ),
            ),
            None,
            from_value(3),
        ),
        Rows(
            "Collectors",
            "Every collector of our exporters: whether its last cycle brought all it should, and since"
            " when not.",
            12,
            ("cluster", "component", "collector"),
            (
                Column(
                    "Last cycle",
                    "short",
                    Query(f"min by (cluster, component, collector) ({of('exporter_collector_success')})"),
                    Steps("red", ((1, "green"),)),
                    words={"0": "failed", "1": "complete"},
                ),
                Column(
                    "Last success",
                    "s",
                    Query(f"max by (cluster, component, collector) {SUCCEEDED}"),
                    missing="never",
                ),
            ),
            "Last success",
        ),
    ),
)

SEEN = "{{region}} seen from {{cluster}}"
SHOP = Section(
    "Shop",
    (
        Lines(
            "Orders",
            "Orders placed per second, by region of the shop. Every cluster with the exporter sees the"
            " same shop.",
            8,
            "ops",
            (Query(rate("shop_orders_total", by="cluster, region"), SEEN),),
        ),
        Lines(
            "Orders that failed",
            "Share of orders that could not be placed. No line while nobody orders.",
            8,
            "percentunit",
            (Query(part(FAILED, f"({ORDERS} + {FAILED})"), "{{cluster}}"),),
        ),
        Lines(
            "Revenue per hour",
            "Euros of the orders placed, at the pace of the last minutes.",
            8,
            "currencyEUR",
            (Query(f"3600 * {rate('shop_revenue_euros_total', by='cluster, region')}", SEEN),),
        ),
        Lines(
            "Carts open",
            "Carts with something in them that are not yet ordered.",
            12,
            "short",
            (Query(total("shop_carts_open", by="cluster, region"), SEEN),),
        ),
        Rows(
            "Stock",
            "Cars in stock by model, lowest first.",
            12,
            ("cluster", "model"),
            (
                Column(
                    "Cars",
                    "short",
                    Query(f"min by (cluster, model) ({of('shop_stock_cars')})"),
                    Steps("red", ((1, "orange"), (5, "green"))),
                ),
            ),
            "Cars",
            False,
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-estate",
    title="Estate overview",
    about="All clusters of the estate in one pane: who reports, what is down, what is stale.",
    sections=(NOW, CLUSTERS, TARGETS, UPLOADS, NODES, EXPORTERS, SHOP),
    # The inventory, not `up`: a cluster that never reported can be chosen too.
    clusters="label_values(singlepane_estate_cluster_info, expected_cluster)",
    drill="singlepane-thanos",
)
