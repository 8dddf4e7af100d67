"""Exporters: whether each collector succeeds, what it brings, what it calls in Azure, what a process takes.

The chart of the exporter brings it too, to people who have no estate.
"""

from __future__ import annotations

from dashboards.promql import counted, of, rate, since, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
COLLECTOR = "cluster, component, exporter, collector"
COLLECTORS = "{{component}} {{exporter}} {{collector}}"
GROUP = "cluster, component, subscription, type"
POINT = of("azure_metrics_newest_point_timestamp_seconds") + " > 0"
SUCCESS = of("exporter_collector_success")
LAST_SUCCESS = of("exporter_collector_last_success_timestamp_seconds")
SINCE_SUCCESS = since(LAST_SUCCESS)
# It is 0 until the first one, which would be an age of decades.
SUCCEEDED = since(f"{LAST_SUCCESS} > 0")
INTERVAL = of("exporter_collector_interval_seconds")
# Processes of others have the same metrics about themselves.
OURS = f"and on (cluster, component, instance) {of('exporter_build_info')}"


def _worst(metric: str) -> str:
    return f"max by ({COLLECTOR}) ({of(metric)})"


def _process(value: str) -> Query:
    return Query(f"sum by (cluster, component, instance) ({value} {OURS})", "{{component}} {{instance}}")


NOW = Section(
    "Now",
    (
        Number(
            "Collectors that failed",
            "Collectors whose last cycle did not bring all it should. A cycle or two is everyday weather.",
            6,
            "short",
            Query(counted(f"{SUCCESS} == 0", SUCCESS), collapses=ALL),
            from_value(1, "orange"),
            missing="no exporters",
            height=4,
        ),
        Number(
            "Collectors that are stale",
            "Collectors that have not succeeded for three of their intervals: alerts on what they bring are"
            " blind.",
            6,
            "short",
            Query(counted(f"{SINCE_SUCCESS} > 3 * {INTERVAL}", INTERVAL), collapses=ALL),
            from_value(1),
            missing="no exporters",
            height=4,
        ),
        Number(
            "Series",
            "Series that all exporters serve now.",
            6,
            "short",
            Query(f"sum({of('exporter_snapshot_series')})", collapses=ALL),
            Steps("text"),
            missing="no exporters",
            height=4,
        ),
        Number(
            "Configurations refused",
            "Processes that were given a configuration that is not valid, and run on with the last good one.",
            6,
            "short",
            Query(
                counted(
                    f"{of('exporter_config_last_reload_successful')} == 0",
                    of("exporter_config_last_reload_successful"),
                ),
                collapses=ALL,
            ),
            from_value(1, "orange"),
            missing="no exporters",
            height=4,
        ),
    ),
)

EACH = Section(
    "Collectors",
    (
        Rows(
            "Each collector",
            "Every collector, the stalest first. What failed says why on the page of its exporter and in its"
            " log.",
            24,
            ("cluster", "component", "exporter", "collector"),
            (
                Column(
                    "Last cycle",
                    "short",
                    Query(f"min by ({COLLECTOR}) ({SUCCESS})"),
                    Steps("red", ((1, "green"),)),
                    words={"0": "failed", "1": "complete"},
                ),
                Column("Last success", "s", Query(f"max by ({COLLECTOR}) {SUCCEEDED}"), missing="never"),
                Column("Age of values", "s", Query(_worst("exporter_collector_data_age_seconds"))),
                Column("Interval", "s", Query(_worst("exporter_collector_interval_seconds"))),
                Column("Cycle", "s", Query(_worst("exporter_collector_duration_seconds"))),
                Column("Series", "short", Query(total("exporter_collector_series", by=COLLECTOR))),
            ),
            "Last success",
            height=9,
        ),
        Lines(
            "Age in intervals",
            "Time since each collector last succeeded, in its own intervals. Around 1 is fresh; above the"
            " line at 3 it is stale.",
            8,
            "short",
            (Query(f"max by ({COLLECTOR}) ({SUCCEEDED} / {INTERVAL})", COLLECTORS),),
            None,
            from_value(3),
        ),
        Lines(
            "Time of a cycle",
            "How long the last cycle took. Above the interval of its collector the next one begins late.",
            8,
            "s",
            (Query(_worst("exporter_collector_duration_seconds"), COLLECTORS),),
        ),
        Lines(
            "Series served",
            "Series of each collector. A drop is something that is no longer read, a rise is cardinality.",
            8,
            "short",
            (Query(total("exporter_collector_series", by=COLLECTOR), COLLECTORS),),
        ),
    ),
)

AZURE = Section(
    "Azure",
    (
        Rows(
            "Types of resources",
            "What is read of Azure Monitor, by subscription and type: whether the last reading brought"
            " everything, of how many resources, and how old the newest value is.",
            24,
            ("cluster", "component", "subscription", "type"),
            (
                Column(
                    "Last reading",
                    "short",
                    Query(f"min by ({GROUP}) ({of('azure_metrics_up')})"),
                    Steps("red", ((1, "green"),)),
                    words={"0": "failed", "1": "complete"},
                ),
                Column("Resources", "short", Query(total("azure_metrics_resources", by=GROUP))),
                Column(
                    "Newest point",
                    "s",
                    Query(f"max by ({GROUP}) {since(POINT)}"),
                    missing="none yet",
                ),
            ),
            "Newest point",
            height=9,
        ),
        Lines(
            "Calls",
            "Requests to Azure per second, by API. What they cost is said by `singlepane exporter plan`.",
            8,
            "reqps",
            (
                Query(
                    rate("azure_api_requests_total", by="cluster, component, api, code"),
                    "{{component}} {{api}} {{code}}",
                ),
            ),
        ),
        Lines(
            "Calls that Azure turned away",
            "Replies per second that ask to wait (429, 503, 529). The exporter paces itself below Azure's"
            " limits: somebody else uses up the quota, or more is configured than it holds.",
            8,
            "reqps",
            (
                Query(
                    rate("azure_api_throttled_total", by="cluster, component, api, subscription"),
                    "{{component}} {{api}} {{subscription}}",
                ),
            ),
        ),
        Lines(
            "Series left out",
            "Series that are not served because a budget is used up. Sums over them are too low.",
            8,
            "short",
            (
                Query(
                    total("azure_metrics_dropped_series", by="cluster, component, limit, type"),
                    "{{component}} {{type}} over {{limit}}",
                ),
            ),
        ),
    ),
)

PROCESS = Section(
    "Processes",
    (
        Lines(
            "Memory",
            "Resident memory of each exporter's process: some 130 MB for 20,000 series, 250 MB for 100,000.",
            8,
            "bytes",
            (_process(of("process_resident_memory_bytes")),),
        ),
        Lines(
            "Processor time",
            "Cores that each process keeps busy.",
            8,
            "short",
            (_process(f"rate({of('process_cpu_seconds_total')}[$__rate_interval])"),),
        ),
        Lines(
            "Scrapes",
            "Scrapes answered per second. One Prometheus every 30 seconds is 0.03.",
            8,
            "reqps",
            (Query(rate("exporter_scrapes_total"), "{{component}}"),),
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-exporters",
    title="Exporters",
    about="Whether the exporters bring what they should, what they call in Azure, what they take.",
    sections=(NOW, EACH, AZURE, PROCESS),
    clusters="label_values(exporter_build_info, cluster)",
    drill="singlepane-exporters",
    local=True,
)
