"""What Prometheus says of itself and of alerts, and what Alertmanagers have sent."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dashboards.series import END, HUB, NEU, Series, histogram, target

LIMITS = (
    "exceeded_sample_limit",
    "exceeded_body_size_limit",
    "sample_out_of_order",
    "sample_duplicate_timestamp",
    "sample_out_of_bounds",
)


def of_server(cluster: str, factor: float) -> Iterator[Series]:
    """A Prometheus server of one cluster."""
    own = target(cluster, "prometheus", f"prometheus-{cluster}-0")
    for each in LIMITS:
        yield Series(f"prometheus_target_scrapes_{each}_total", own, 0, 0.1 * factor)
    yield Series("prometheus_config_last_reload_successful", own, 2 - factor)
    yield Series("prometheus_target_scrape_pool_targets", {**own, "scrape_job": "exporter"}, 7 * factor)
    yield Series("prometheus_tsdb_head_series_created_total", own, 0, 3 * factor)
    yield Series("prometheus_notifications_alertmanagers_discovered", own, 3)
    yield Series("prometheus_notifications_queue_length", own, 100 * factor)
    yield Series("prometheus_notifications_queue_capacity", own, 10_000)
    group = {**own, "rule_group": "nodes"}
    yield Series("prometheus_rule_evaluation_failures_total", group, 0, 0.01 * factor)
    yield Series("prometheus_rule_group_last_duration_seconds", group, 3 * factor)
    yield Series("prometheus_rule_group_interval_seconds", group, 30)
    yield Series("prometheus_rule_group_iterations_missed_total", group, 0, 0.02 * factor)
    slice_ = {**own, "slice": "inner_eval", "quantile": "0.99"}
    yield Series("prometheus_engine_query_duration_seconds", slice_, 0.2 * factor)
    yield Series("prometheus_tsdb_compactions_failed_total", own, 0, 0.001 * factor)
    yield Series("prometheus_tsdb_reloads_failures_total", own, 0, 0.002 * factor)
    yield Series("prometheus_tsdb_storage_blocks_bytes", own, 1e9 * factor)
    remote = {**own, "remote_name": "away", "url": "https://metrics.example"}
    yield Series("prometheus_remote_storage_samples_pending", remote, 50 * factor)
    yield from histogram("prometheus_http_request_duration_seconds", own, 9, factor)
    job = target(cluster, "exporter", f"shop-orders-{cluster}")
    yield Series("scrape_duration_seconds", job, 0.1 * factor)
    yield Series("scrape_samples_scraped", job, 60 * factor)
    yield Series("scrape_series_added", job, 2 * factor)
    if cluster == NEU:
        alert = {"alertname": "TargetDown", "severity": "warning", "cluster": cluster}
        yield Series("ALERTS_FOR_STATE", {**alert, "component": f"node-exporter-{cluster}"}, END - 1_200)
        page = {"alertname": "NodesNotReadyRatio", "severity": "critical", "cluster": cluster}
        yield Series("ALERTS_FOR_STATE", page, END - 600)
        yield Series("ALERTS", {**page, "alertstate": "firing"}, 1)


def of_managers() -> Iterator[Series]:
    """Three Alertmanagers on the hub."""
    for number in range(3):
        own = target(HUB, "alertmanager", f"alertmanager-{number}")
        yield Series("alertmanager_cluster_members", own, 3)
        yield Series("alertmanager_silences", {**own, "state": "active"}, 2)
        for state, count in (("active", 4.0), ("suppressed", 1.0)):
            yield Series("alertmanager_alerts", {**own, "state": state}, count)
        sent = {**own, "integration": "webhook", "receiver_name": "team"}
        yield Series("alertmanager_notifications_total", sent, 0, 0.3)
        yield Series("alertmanager_notifications_failed_total", {**sent, "reason": "other"}, 0, 0.03)
        yield from histogram("alertmanager_notification_latency_seconds", sent, 9, 1)
