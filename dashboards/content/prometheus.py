"""Prometheus: what is scraped and what is not, how much comes in, whether rules run and alerts leave."""

from __future__ import annotations

from dashboards.promql import counted, highest, of, quantile, ranked, rate, total
from dashboards.values import Bars, Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
SERVER = 'job="prometheus"'
# The ruler says the same of itself under the same names.
RULES = 'job=~"prometheus|rule"'
BY = "cluster, component"
COMPONENT = "{{cluster}} {{component}}"
UP = of("up")
SLOWEST = of("prometheus_engine_query_duration_seconds", f'{SERVER}, quantile="0.99"')
PENDING = "prometheus_remote_storage_samples_pending"
FULL_QUEUE = (
    f"{total('prometheus_notifications_queue_length', SERVER)}"
    f" / {total('prometheus_notifications_queue_capacity', SERVER)}"
)
TARGET_LIMITS = (
    ("sample limit", "prometheus_target_scrapes_exceeded_sample_limit_total"),
    ("body size limit", "prometheus_target_scrapes_exceeded_body_size_limit_total"),
    ("out of order", "prometheus_target_scrapes_sample_out_of_order_total"),
    ("duplicate timestamp", "prometheus_target_scrapes_sample_duplicate_timestamp_total"),
    ("out of bounds", "prometheus_target_scrapes_sample_out_of_bounds_total"),
)


def _of_group(what: str) -> str:
    return f"max by (cluster, component, rule_group) ({of(f'prometheus_rule_group_{what}', RULES)})"


NOW = Section(
    "Now",
    (
        Number(
            "Servers",
            "Prometheus servers that answer. A pair counts as two.",
            4,
            "short",
            Query(f"count({of('up', SERVER)} == 1) or 0 * count({of('up', SERVER)})", collapses=ALL),
            Steps("text"),
            missing="no Prometheus",
            height=4,
        ),
        Number(
            "Targets down",
            "Targets that cannot be scraped. The table below names them.",
            4,
            "short",
            Query(counted(f"{UP} == 0", UP), collapses=ALL),
            from_value(1, "orange"),
            missing="no targets",
            height=4,
        ),
        Number(
            "Active series",
            "Series in memory, over all servers. Memory grows with them: about 4 kB each.",
            4,
            "short",
            Query(f"sum({of('prometheus_tsdb_head_series', SERVER)})", collapses=ALL),
            Steps("text"),
            missing="no Prometheus",
            height=4,
        ),
        Number(
            "Configurations refused",
            "Servers whose configuration was refused at the last reload; they run on with the one before.",
            4,
            "short",
            Query(
                counted(
                    f"{of('prometheus_config_last_reload_successful', SERVER)} == 0",
                    of("prometheus_config_last_reload_successful", SERVER),
                ),
                collapses=ALL,
            ),
            from_value(1),
            missing="no Prometheus",
            height=4,
        ),
        Number(
            "Rules that fail",
            "Evaluations of rules per second that end in an error. What they should alert on is not seen.",
            4,
            "ops",
            Query(
                f"sum(rate({of('prometheus_rule_evaluation_failures_total', RULES)}[$__rate_interval]))",
                collapses=ALL,
            ),
            from_value(0.001),
            missing="no rules",
            height=4,
        ),
        Number(
            "Alertmanagers known",
            "The fewest Alertmanagers that any server sends to. Below three, one that dies takes pages with"
            " it.",
            4,
            "short",
            Query(f"min({of('prometheus_notifications_alertmanagers_discovered', SERVER)})", collapses=ALL),
            Steps("red", ((1, "orange"), (3, "green"))),
            missing="no Prometheus",
            height=4,
            drill="singlepane-on-call",
        ),
    ),
)

TARGETS = Section(
    "Targets",
    (
        Rows(
            "Targets by job",
            "How many targets each job has and how many of them answer. A job with fewer targets than"
            " yesterday is a discovery that lost something.",
            12,
            ("cluster", "job"),
            (
                Column("Targets", "short", Query(f"count by (cluster, job) ({UP})")),
                Column(
                    "Down",
                    "short",
                    Query(f"count by (cluster, job) ({UP} == 0) or 0 * count by (cluster, job) ({UP})"),
                    from_value(1, "orange"),
                ),
                Column(
                    "Slowest scrape",
                    "s",
                    Query(f"max by (cluster, job) ({of('scrape_duration_seconds')})"),
                    Steps("green", ((5, "orange"), (10, "red"))),
                ),
                Column("Samples", "short", Query(f"sum by (cluster, job) ({of('scrape_samples_scraped')})")),
            ),
            "Down",
            height=10,
            missing="no targets",
        ),
        Bars(
            "Jobs by new series",
            "Series that a job's last scrapes brought for the first time, highest first. Labels with ever"
            " new values show here before memory does.",
            12,
            "short",
            Query(ranked(10, f"sum by (cluster, job) ({of('scrape_series_added')})"), "{{cluster}} {{job}}"),
            height=10,
            missing="no targets",
        ),
        Lines(
            "Samples refused",
            "Samples or scrapes per second that a server refused, by reason. They are lost.",
            12,
            "ops",
            tuple(
                Query(rate(metric, SERVER, BY), f"{COMPONENT} {reason}") for reason, metric in TARGET_LIMITS
            ),
            missing="no Prometheus",
        ),
        Lines(
            "Targets kept",
            "Targets that discovery found and relabelling kept.",
            12,
            "short",
            (Query(total("prometheus_target_scrape_pool_targets", SERVER, BY), COMPONENT),),
            missing="no Prometheus",
        ),
    ),
)

INGEST = Section(
    "What comes in",
    (
        Lines(
            "Active series, by server",
            "Series in memory. The line that climbs without end is a label that should not be one.",
            8,
            "short",
            (Query(total("prometheus_tsdb_head_series", SERVER, BY), COMPONENT),),
            missing="no Prometheus",
        ),
        Lines(
            "Series made",
            "New series per second. Each deployment brings some; a steady stream is churn.",
            8,
            "ops",
            (Query(rate("prometheus_tsdb_head_series_created_total", SERVER, BY), COMPONENT),),
            missing="no Prometheus",
        ),
        Lines(
            "Samples",
            "Samples per second.",
            8,
            "cps",
            (Query(rate("prometheus_tsdb_head_samples_appended_total", SERVER, BY), COMPONENT),),
            missing="no Prometheus",
        ),
    ),
)

RULING = Section(
    "Rules and alerts",
    (
        Lines(
            "Time of a rule group",
            "How long the last evaluation of the slowest groups took, as a share of their interval. At 100%"
            " evaluations are missed.",
            8,
            "percentunit",
            (
                Query(
                    highest(
                        5,
                        f"{_of_group('last_duration_seconds')} / {_of_group('interval_seconds')}",
                    ),
                    "{{cluster}} {{rule_group}}",
                ),
            ),
            None,
            from_value(1),
            missing="no rules",
        ),
        Lines(
            "Evaluations missed",
            "Evaluations per second that did not happen, because the one before took too long.",
            8,
            "ops",
            (Query(rate("prometheus_rule_group_iterations_missed_total", RULES, BY), COMPONENT),),
            missing="no rules",
        ),
        Lines(
            "Alerts waiting to leave",
            "How full the queue towards Alertmanager is. At 100% alerts are dropped.",
            8,
            "percentunit",
            (Query(FULL_QUEUE, COMPONENT),),
            1,
            from_value(0.9),
            missing="no Prometheus",
            drill="singlepane-on-call",
        ),
    ),
)

QUERIES = Section(
    "Queries, disk and what leaves",
    (
        Lines(
            "Time of a query",
            "99 of 100 parts of a query, by kind. `inner_eval` is the reading and computing.",
            8,
            "s",
            (
                Query(
                    f"max by (cluster, component, slice) ({SLOWEST})",
                    "{{cluster}} {{component}} {{slice}}",
                ),
            ),
            missing="no queries",
        ),
        Lines(
            "Blocks that failed",
            "Compactions and reloads of blocks per second that failed. The disk fills, and old samples are"
            " not found.",
            8,
            "ops",
            (
                Query(
                    rate("prometheus_tsdb_compactions_failed_total", SERVER, BY), f"{COMPONENT} compaction"
                ),
                Query(rate("prometheus_tsdb_reloads_failures_total", SERVER, BY), f"{COMPONENT} reload"),
            ),
            missing="no Prometheus",
        ),
        Lines(
            "Disk used",
            "Bytes of all blocks on the disk of each server.",
            8,
            "bytes",
            (Query(total("prometheus_tsdb_storage_blocks_bytes", SERVER, BY), COMPONENT),),
            missing="no Prometheus",
        ),
        Lines(
            "Remote write behind",
            "Samples that wait to be sent by remote write. None of ours writes remotely; where somebody's"
            " does, a climbing line is data that comes late.",
            12,
            "short",
            (
                Query(
                    total(PENDING, SERVER, f"{BY}, remote_name"),
                    "{{cluster}} {{component}} {{remote_name}}",
                ),
            ),
            missing="no remote write",
        ),
        Lines(
            "Time of an HTTP request",
            "99 of 100 requests to a server are answered within this time.",
            12,
            "s",
            (Query(quantile(0.99, "prometheus_http_request_duration_seconds", SERVER, BY), COMPONENT),),
            missing="no Prometheus",
        ),
    ),
    closed=True,
)

DASHBOARD = Dashboard(
    uid="singlepane-prometheus",
    title="Prometheus",
    about="What each Prometheus scrapes and refuses, how much comes in, whether rules run and alerts leave.",
    sections=(NOW, TARGETS, INGEST, RULING, QUERIES),
    clusters="label_values(prometheus_build_info, cluster)",
    drill="singlepane-thanos",
    local=True,
)
