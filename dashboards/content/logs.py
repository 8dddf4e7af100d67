"""Logging: whether what pods write arrives; agents (Fluent Bit), then collectors (OpenTelemetry)."""

from __future__ import annotations

from dashboards.promql import counted, highest, of, quantile, rate, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, Unit, from_value

ALL = "one figure over the chosen clusters"
OUTPUT = "cluster, name"
OF_OUTPUT = "{{cluster}} {{name}}"
AGENT = "cluster, instance"
PAUSED = of("fluentbit_input_ingestion_paused")
DROPPED, RETRIES_FAILED = "fluentbit_output_dropped_records_total", "fluentbit_output_retries_failed_total"
NODES = f"count by (cluster) ({of('kube_node_info')})"
# An agent that was here today counts as lost, and a cluster that never had one does not.
AGENTS = (
    f"(count by (cluster) ({of('fluentbit_build_info')})"
    f" or 0 * count by (cluster) (last_over_time({of('fluentbit_build_info')}[1d])))"
)
QUEUE = (
    f"{total('otelcol_exporter_queue_size', by='cluster, exporter')}"
    f" / ({total('otelcol_exporter_queue_capacity', by='cluster, exporter')} > 0)"
)
# A collector makes the counter of what failed when something first does.
NONE = f"0 * {total('otelcol_exporter_queue_capacity', by='cluster')}"
NEAR = Steps("green", ((0.6, "orange"), (0.9, "red")))
LOSS = Steps("green", ((0.001, "red"),))


def _counter(metric: str, by: str) -> str:
    """A counter of a collector: with the ending or without, as its reader of metrics is set."""
    return f"({rate(f'{metric}_total', by=by)} or {rate(metric, by=by)})"


def _agents(title: str, about: str, unit: Unit, expr: str, legend: str = OF_OUTPUT) -> Lines:
    return Lines(title, about, 8, unit, (Query(expr, legend),), missing="no Fluent Bit")


def _collectors(title: str, about: str, metric: str, part: str, missing: str = "no collector") -> Lines:
    query = Query(_counter(metric, f"cluster, {part}"), f"{{{{cluster}}}} {{{{{part}}}}}")
    return Lines(title, about, 8, "cps", (query,), missing=missing)


NOW = Section(
    "Now",
    (
        Number(
            "Records lost",
            "Records per second that agents gave up: turned down by the other side, or tried too often.",
            4,
            "cps",
            Query(f"sum({rate(DROPPED, by='cluster')})", collapses=ALL),
            LOSS,
            missing="no Fluent Bit",
            height=4,
        ),
        Number(
            "Inputs paused",
            "Inputs of agents that read no more because what they have does not go out. What pods write"
            " meanwhile is lost when its file is rotated away.",
            4,
            "short",
            Query(counted(f"{PAUSED} == 1", PAUSED), collapses=ALL),
            from_value(1),
            missing="no Fluent Bit",
            height=4,
        ),
        Number(
            "Nodes without",
            "Nodes without an agent, in clusters that have had agents within a day: nothing is read there.",
            4,
            "short",
            Query(f"sum(clamp_min({NODES} - {AGENTS}, 0))", collapses=ALL),
            from_value(1, "orange"),
            missing="no Fluent Bit",
            height=4,
        ),
        Number(
            "Refused",
            "Records per second that collectors did not take from those who send.",
            4,
            "cps",
            Query(f"sum({_counter('otelcol_receiver_refused_log_records', 'cluster')})", collapses=ALL),
            LOSS,
            missing="no collector",
            height=4,
        ),
        Number(
            "Not delivered",
            "Records per second that collectors could not send on, and those that found their queue full.",
            4,
            "cps",
            Query(
                " + ".join(
                    f"sum({_counter(f'otelcol_exporter_{what}_failed_log_records', 'cluster')} or {NONE})"
                    for what in ("send", "enqueue")
                ),
                collapses=ALL,
            ),
            LOSS,
            missing="no collector",
            height=4,
        ),
        Number(
            "Fullest queue",
            "Share of the fullest queue of all collectors. At 100% records are thrown away.",
            4,
            "percentunit",
            Query(f"max({QUEUE})", collapses=ALL),
            NEAR,
            missing="no collector",
            height=4,
        ),
    ),
)

AGENTS_SECTION = Section(
    "Agents",
    (
        _agents(
            "Read",
            "Records per second that agents read. A cluster whose line ends writes on, unread.",
            "cps",
            rate("fluentbit_input_records_total", by="cluster"),
            "{{cluster}}",
        ),
        _agents(
            "Sent, by output",
            "Records per second that an output delivered: Elasticsearch, New Relic and all others by their"
            " names in the configuration.",
            "cps",
            rate("fluentbit_output_proc_records_total", by=OUTPUT),
        ),
        _agents(
            "Bytes sent, by output",
            "What an output delivers: stores of logs are paid by it.",
            "Bps",
            rate("fluentbit_output_proc_bytes_total", by=OUTPUT),
        ),
        _agents(
            "Lost, by output",
            "Records per second that an output gave up.",
            "cps",
            rate(DROPPED, by=OUTPUT),
        ),
        _agents(
            "Tried again, by output",
            "Chunks per second that did not go out and are tried again. It is the first sign of a store that"
            " is slow or turns away.",
            "ops",
            rate("fluentbit_output_retries_total", by=OUTPUT),
        ),
        _agents(
            "Errors, by output",
            "Errors per second of an output, the log of the agent says which.",
            "ops",
            rate("fluentbit_output_errors_total", by=OUTPUT),
        ),
        _agents(
            "Time until delivered",
            "99 of 100 chunks are delivered within this time after they were made, by output.",
            "s",
            quantile(0.99, "fluentbit_output_latency_seconds", "", "cluster, output"),
            "{{cluster}} {{output}}",
        ),
        _agents(
            "Waiting in memory and on disk",
            "Chunks that agents hold. They grow while a store does not take them.",
            "short",
            total("fluentbit_input_storage_chunks", by="cluster"),
            "{{cluster}}",
        ),
        Rows(
            "Agents with trouble",
            "The agents of each cluster that lose or repeat most.",
            8,
            ("cluster", "instance"),
            (
                Column("Lost", "cps", Query(highest(5, f"{rate(DROPPED, by=AGENT)} > 0")), LOSS),
                Column("Given up", "cps", Query(highest(5, f"{rate(RETRIES_FAILED, by=AGENT)} > 0")), LOSS),
            ),
            "Lost",
            missing="none",
        ),
    ),
)

COLLECTORS = Section(
    "Collectors",
    (
        _collectors(
            "Taken",
            "Records per second that collectors took in.",
            "otelcol_receiver_accepted_log_records",
            "receiver",
        ),
        _collectors(
            "Turned away",
            "Records per second that collectors did not take: their memory is full, or what they send to is"
            " slow.",
            "otelcol_receiver_refused_log_records",
            "receiver",
        ),
        Lines(
            "Queues",
            "How full the queue of each exporter is. Above the line a burst is lost.",
            8,
            "percentunit",
            (Query(QUEUE, "{{cluster}} {{exporter}}"),),
            1,
            NEAR,
            missing="no collector",
        ),
        _collectors(
            "Sent on",
            "Records per second that collectors delivered.",
            "otelcol_exporter_sent_log_records",
            "exporter",
        ),
        _collectors(
            "Sent in vain",
            "Records per second that the other side did not take.",
            "otelcol_exporter_send_failed_log_records",
            "exporter",
            "none",
        ),
        _collectors(
            "Thrown away at a full queue",
            "Records per second for which there was no place in the queue. They are gone.",
            "otelcol_exporter_enqueue_failed_log_records",
            "exporter",
            "none",
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-logging",
    title="Logging",
    about="Whether what pods write arrives: what agents read and send, what collectors take and send on.",
    sections=(NOW, AGENTS_SECTION, COLLECTORS),
    clusters="label_values(up, cluster)",
    drill="singlepane-workload",
)
