"""What agents and collectors of logs say of one cluster."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dashboards.series import NEU, Series, histogram, target


def of_cluster(cluster: str, factor: float) -> Iterator[Series]:
    """Fluent Bit with two outputs, and a collector behind it."""
    agent = {**target(cluster, "fluent-bit", "fluent-bit"), "instance": "node-0:2020"}
    yield Series("fluentbit_build_info", {**agent, "version": "5.1.1"}, 1)
    tail = {**agent, "name": "tail.0"}
    yield Series("fluentbit_input_records_total", tail, 0, 100 * factor)
    yield Series("fluentbit_input_ingestion_paused", tail, factor - 1)
    yield Series("fluentbit_input_storage_chunks", tail, 12 * factor)
    for name, part in (("es.0", 0.9), ("nrlogs.0", 0.1)):
        output = {**agent, "name": name}
        yield Series("fluentbit_output_proc_records_total", output, 0, 100 * part * factor)
        yield Series("fluentbit_output_proc_bytes_total", output, 0, 20_000 * part * factor)
        for what, speed in (("retries", 0.5), ("errors", 0.25)):
            yield Series(f"fluentbit_output_{what}_total", output, 0, speed * part * factor)
        for what, speed in (("dropped_records", 2.0), ("retries_failed", 0.1)):
            yield Series(f"fluentbit_output_{what}_total", output, 0, speed * (factor - 0.5) * part)
        between = {**agent, "input": "tail.0", "output": name}
        yield from histogram("fluentbit_output_latency_seconds", between, 9, factor)
    yield from _collector(cluster, factor)


def _collector(cluster: str, factor: float) -> Iterator[Series]:
    """That of one cluster writes its counters without the ending, as it is by default."""
    own = target(cluster, "otel-collector", "otel-collector")
    ending = "_total" if cluster == NEU else ""
    for part, name, which, speed in (
        ("receiver", "otlp", "accepted", 80.0),
        ("receiver", "otlp", "refused", 2.0),
        ("exporter", "elasticsearch", "sent", 70.0),
        ("exporter", "elasticsearch", "send_failed", 3.0),
        ("exporter", "elasticsearch", "enqueue_failed", 1.0),
    ):
        counter = f"otelcol_{part}_{which}_log_records{ending}"
        yield Series(counter, {**own, part: name}, 0, speed * factor)
    for which, amount in (("size", 200 * factor), ("capacity", 1_000)):
        yield Series(f"otelcol_exporter_queue_{which}", {**own, "exporter": "elasticsearch"}, amount)
