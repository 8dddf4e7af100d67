"""Thanos: the global query, what stands behind it, and the way of the blocks through the object store."""

from __future__ import annotations

from dashboards.promql import SINCE_UPLOAD, of, part, quantile, rate, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, from_value

HALF, MOST = "{{component}} half", "{{component}} 99%"
COMPONENT = "{{component}}"
QUERIES = 'job=~"query|query-frontend", handler=~"query|query_range"'
DURATION = "http_request_duration_seconds"
SERIES = 'job="store", grpc_method="Series"'
BUCKET_BY = "cluster, job, operation"
OF_BUCKET = "{{job}} {{operation}} of {{cluster}}"
IN_BUCKET = 'job=~"sidecar|store|compact|rule"'
QUERY_JOB = 'job="query"'
GATE = "thanos_query_concurrent_gate_queries"
COMPACT_JOB = 'job="compact"'
SIDECAR_JOB = 'job="sidecar"'
THANOS_JOBS = 'job=~"sidecar|store|query|query-frontend|compact|rule"'


def _todo(what: str) -> str:
    return total(f"thanos_compact_todo_{what}_blocks", COMPACT_JOB)


def _in_a_day(metric: str) -> str:
    return f"sum by (cluster, component) (increase({of(metric, SIDECAR_JOB)}[1d]))"


SCRAPED = Section(
    "Scraped",
    (
        Lines(
            "Targets that answer",
            "Share of the targets of each job that Prometheus can scrape. Below 100% the other panels may"
            " show, for five minutes, what was read before.",
            8,
            "percentunit",
            (
                Query(
                    f"avg by (cluster, job) ({of('up', THANOS_JOBS)})",
                    "{{job}} of {{cluster}}",
                ),
            ),
            1,
        ),
    ),
)

QUERY = Section(
    "Query",
    (
        Lines(
            "Queries",
            "Requests per second to the query APIs of Query and of the query frontend before it.",
            8,
            "reqps",
            (
                Query(
                    rate("http_requests_total", QUERIES, "cluster, component, handler"),
                    "{{component}} {{handler}}",
                ),
            ),
        ),
        Lines(
            "Queries that failed",
            "Share of queries that ended with a server error. Any is worth a look: rules see the same.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("http_requests_total", f'{QUERIES}, code=~"5.."'),
                        rate("http_requests_total", QUERIES),
                    ),
                    COMPONENT,
                ),
            ),
            None,
            from_value(0.05),
        ),
        Lines(
            "Time of a query",
            "Half of all queries, and 99 of 100, are answered within this time.",
            8,
            "s",
            (
                Query(quantile(0.5, DURATION, QUERIES), HALF),
                Query(quantile(0.99, DURATION, QUERIES), MOST),
            ),
        ),
        Lines(
            "Queries at once",
            "Queries in work, as a share of those that Query lets in at once. At 100% the next ones wait.",
            8,
            "percentunit",
            (
                Query(
                    f"{total(f'{GATE}_in_flight', QUERY_JOB)} / {total(f'{GATE}_max', QUERY_JOB)}",
                    COMPONENT,
                ),
            ),
            1,
        ),
        Lines(
            "Stores that Query asks",
            "Sidecars, store gateways and rulers that Query is connected to, by kind. One less is a"
            " cluster or a replica that no query sees any more.",
            8,
            "short",
            (
                Query(
                    total("thanos_store_nodes_grpc_connections", QUERY_JOB, "cluster, component, store_type"),
                    "{{store_type}}",
                ),
            ),
        ),
        Lines(
            "Calls to stores that failed",
            "Share of the calls from Query to its stores that did not end well. Partial answers come from"
            " here.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("grpc_client_handled_total", f'{QUERY_JOB}, grpc_code!="OK"'),
                        rate("grpc_client_handled_total", QUERY_JOB),
                    ),
                    COMPONENT,
                ),
            ),
        ),
    ),
)

STORE = Section(
    "Store gateway",
    (
        Lines(
            "Blocks loaded",
            "Blocks of the object store that the gateway serves.",
            8,
            "short",
            (
                Query(
                    total("thanos_bucket_store_blocks_loaded", 'job="store"'),
                    COMPONENT,
                ),
            ),
        ),
        Lines(
            "Time of a series call",
            "Half of all calls for series, and 99 of 100, are answered by the gateway within this time.",
            8,
            "s",
            (
                Query(quantile(0.5, "grpc_server_handling_seconds", SERIES), HALF),
                Query(quantile(0.99, "grpc_server_handling_seconds", SERIES), MOST),
            ),
        ),
        Lines(
            "Index cache hits",
            "Share of index lookups that the gateway answers from memory. Low means many reads of the"
            " bucket.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate(
                            "thanos_store_index_cache_hits_total",
                            'job="store"',
                            "cluster, component, item_type",
                        ),
                        rate(
                            "thanos_store_index_cache_requests_total",
                            'job="store"',
                            "cluster, component, item_type",
                        ),
                    ),
                    "{{item_type}}",
                ),
            ),
            1,
        ),
    ),
)

BUCKET = Section(
    "Object store",
    (
        Lines(
            "Operations",
            "Calls to the object store per second, by kind. Each costs money.",
            8,
            "ops",
            (Query(rate("thanos_objstore_bucket_operations_total", IN_BUCKET, BUCKET_BY), OF_BUCKET),),
        ),
        Lines(
            "Operations that failed",
            "Calls to the object store per second that failed. If it lasts: credentials, quota or network.",
            8,
            "ops",
            (
                Query(
                    rate("thanos_objstore_bucket_operation_failures_total", IN_BUCKET, BUCKET_BY), OF_BUCKET
                ),
            ),
        ),
        Lines(
            "Time of an operation",
            "99 of 100 calls to the object store end within this time.",
            8,
            "s",
            (
                Query(
                    quantile(0.99, "thanos_objstore_bucket_operation_duration_seconds", IN_BUCKET, BUCKET_BY),
                    OF_BUCKET,
                ),
            ),
        ),
        Rows(
            "Sidecars",
            "Every sidecar: when it last brought a block, how many it brought, and how often that failed.",
            24,
            ("cluster", "component"),
            (
                Column(
                    "Last upload",
                    "s",
                    Query(f"max by (cluster, component) {SINCE_UPLOAD}"),
                    from_value(10_800),
                    "none yet",
                ),
                Column("Blocks in a day", "short", Query(_in_a_day("thanos_shipper_uploads_total"))),
                Column(
                    "Failures in a day",
                    "short",
                    Query(_in_a_day("thanos_shipper_upload_failures_total")),
                    from_value(1, "orange"),
                ),
            ),
            "Last upload",
        ),
    ),
)

COMPACT = Section(
    "Compactor",
    (
        Number(
            "Halted",
            "The compactor met an error that it must not retry, and waits for a person. Until then queries"
            " over long ranges get slower and the bucket grows.",
            4,
            "bool_yes_no",
            Query(
                f"max({of('thanos_compact_halted', COMPACT_JOB)})",
                collapses="one compactor works for all clusters",
            ),
            from_value(1),
            missing="no compactor",
        ),
        Lines(
            "Work ahead",
            "Blocks that wait to be merged, downsampled or deleted. It should come back to near zero.",
            10,
            "short",
            (
                Query(_todo("compaction"), "to merge"),
                Query(_todo("downsample"), "to downsample"),
                Query(_todo("deletion"), "to delete"),
            ),
        ),
        Lines(
            "Failures",
            "Merges, downsamplings and clean-ups per second that failed.",
            10,
            "ops",
            (
                Query(rate("thanos_compact_group_compactions_failures_total", COMPACT_JOB), "merge"),
                Query(rate("thanos_compact_downsample_failures_total", COMPACT_JOB), "downsample"),
                Query(rate("thanos_compact_block_cleanup_failures_total", COMPACT_JOB), "clean-up"),
            ),
        ),
        Lines(
            "Rounds",
            "Rounds of the compactor per second. None for hours means that it hangs.",
            12,
            "ops",
            (Query(rate("thanos_compact_iterations_total", COMPACT_JOB), COMPONENT),),
        ),
        Lines(
            "Blocks marked",
            "Blocks per second that were marked, by reason: for deletion after a merge, or as unfit for one.",
            12,
            "ops",
            (
                Query(
                    rate(
                        "thanos_compact_blocks_marked_total",
                        COMPACT_JOB,
                        "cluster, component, marker, reason",
                    ),
                    "{{marker}} {{reason}}",
                ),
            ),
        ),
    ),
)

RULE = Section(
    "Ruler",
    (
        Lines(
            "Rules that failed",
            "Evaluations of global rules per second that failed. What they should have alerted on is not"
            " seen.",
            8,
            "ops",
            (
                Query(
                    rate(
                        "prometheus_rule_evaluation_failures_total",
                        'job="rule"',
                        "cluster, component, rule_group",
                    ),
                    "{{rule_group}}",
                ),
            ),
        ),
        Lines(
            "Evaluations with warnings",
            "Evaluations per second that got a part of the data only, because a store did not answer.",
            8,
            "ops",
            (
                Query(
                    rate(
                        "thanos_rule_evaluation_with_warnings_total",
                        'job="rule"',
                        "cluster, component, strategy",
                    ),
                    "{{strategy}}",
                ),
            ),
        ),
        Lines(
            "Alerts dropped",
            "Alerts per second that the ruler could not hand to Alertmanager. Any is a page that nobody got.",
            8,
            "ops",
            (Query(rate("thanos_alert_queue_alerts_dropped_total", 'job="rule"'), COMPONENT),),
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-thanos",
    title="Thanos",
    about="The global query, the store gateway, the object store, the compactor and the ruler.",
    sections=(SCRAPED, QUERY, STORE, BUCKET, COMPACT, RULE),
    clusters="label_values(up, cluster)",
    drill="singlepane-estate",
    local=True,
)
