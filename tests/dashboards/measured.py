"""An hour of an estate's series, made up so that every panel has something to show: written as OpenMetrics.

Two workload clusters and a hub report, a third workload cluster is expected and silent. Values are simple
on purpose: a counter with `per_second` grows by that much, so a rate can be told without counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.dashboards import (
    measured_alerts,
    measured_azure,
    measured_cost,
    measured_delivery,
    measured_kubernetes,
    measured_logs,
    measured_slos,
)
from tests.dashboards.series import END, HUB, NEU, SILENT, WEU, Series, histogram, target


def openmetrics() -> str:
    """All series, family by family."""
    families: dict[str, list[Series]] = {}
    for each in series():
        families.setdefault(each.name, []).append(each)
    lines = []
    for name, rows in families.items():
        # Typed as unknown: backfilling keeps names and values, and that is all that queries see.
        lines.append(f"# TYPE {name} unknown")
        lines += [line for row in rows for line in row.samples()]
    return "\n".join([*lines, "# EOF\n"])


def series() -> Iterator[Series]:
    """All of them."""
    for cluster, factor in ((WEU, 1.0), (NEU, 2.0)):
        yield from _workload(cluster, factor)
    yield from _up(HUB, "query", "query")
    for cluster, role in ((HUB, "hub"), (WEU, "workload"), (NEU, "workload"), (SILENT, "workload")):
        yield Series(
            "singlepane_estate_cluster_info",
            {**target(HUB, "exporter", "inventory-hub-weu"), "expected_cluster": cluster, "role": role},
            1,
        )
    yield from _thanos()
    yield from _azure()
    for cluster, factor in ((WEU, 1.0), (NEU, 2.0)):
        yield from measured_kubernetes.series(cluster, factor)
        yield from measured_alerts.of_server(cluster, factor)
        yield from measured_delivery.of_cluster(cluster, factor)
        yield from measured_azure.of_cluster(cluster, factor)
        yield from measured_cost.of_cluster(cluster, factor)
        yield from measured_logs.of_cluster(cluster, factor)
        yield from measured_slos.of_cluster(cluster, factor)
    yield from measured_alerts.of_managers()
    yield from measured_delivery.of_hub()
    yield from measured_azure.of_hub()
    yield from measured_cost.of_hub()


def _up(cluster: str, job: str, component: str, value: float = 1) -> Iterator[Series]:
    yield Series("up", target(cluster, job, component), value)


def _workload(cluster: str, factor: float) -> Iterator[Series]:
    prometheus = target(cluster, "prometheus", f"prometheus-{cluster}-0")
    sidecar = {**target(cluster, "sidecar", f"sidecar-{cluster}-0"), "bucket": "thanos"}
    node = target(cluster, "node-exporter", f"node-exporter-{cluster}")
    exporter = target(cluster, "exporter", f"shop-orders-{cluster}")
    yield from _up(cluster, "prometheus", prometheus["component"])
    yield from _up(cluster, "sidecar", sidecar["component"])
    yield from _up(cluster, "node-exporter", node["component"], 0 if cluster == NEU else 1)
    yield from _up(cluster, "exporter", exporter["component"])
    appended = {**prometheus, "type": "float"}
    yield Series("prometheus_tsdb_head_samples_appended_total", appended, 0, 100 * factor)
    yield Series("prometheus_tsdb_head_series", prometheus, 5_000 * factor)
    watchdog = {"alertname": "Watchdog", "alertstate": "firing", "severity": "none"}
    yield Series("ALERTS", {**watchdog, "cluster": cluster}, 1)
    if cluster == NEU:
        down = {"alertname": "TargetDown", "alertstate": "firing", "severity": "warning"}
        yield Series("ALERTS", {**down, "cluster": cluster, "component": node["component"]}, 1)

    yield Series("thanos_objstore_bucket_last_successful_upload_time", sidecar, END - 3_600 * factor)
    yield Series("thanos_shipper_uploads_total", sidecar, 0, 0.001 * factor)
    yield Series("thanos_shipper_upload_failures_total", sidecar, 0, 0.002 * (factor - 1))

    for mode, rate in (("idle", 1 - factor / 4), ("user", factor / 4)):
        yield Series("node_cpu_seconds_total", {**node, "cpu": "0", "mode": mode}, 0, rate)
    yield Series("node_memory_MemTotal_bytes", node, 8e9)
    yield Series("node_memory_MemAvailable_bytes", node, 8e9 / (2 * factor))
    for mount, kind, share in (("/", "ext4", 0.5 / factor), ("/run", "tmpfs", 0.01)):
        disk = {**node, "device": "sda", "mountpoint": mount, "fstype": kind}
        yield Series("node_filesystem_size_bytes", disk, 1e11)
        yield Series("node_filesystem_avail_bytes", disk, 1e11 * share)

    collector = {**exporter, "collector": "json", "exporter": "shop-orders"}
    yield Series("exporter_collector_success", collector, 2 - factor)
    yield Series("exporter_collector_interval_seconds", collector, 15)
    yield Series(
        "exporter_collector_last_success_timestamp_seconds", collector, END - 15 * (4 * factor - 3.5)
    )

    yield Series("exporter_collector_data_age_seconds", collector, 7 * factor)
    yield Series("exporter_collector_duration_seconds", collector, 0.5 * factor)
    yield Series("exporter_collector_series", collector, 12 * factor)
    yield from _process(exporter, 20 * factor)

    for region, share in (("emea", 0.75), ("apac", 0.25)):
        labels = {**exporter, "region": region}
        yield Series("shop_orders_total", labels, 0, 8 * share)
        yield Series("shop_orders_failed_total", labels, 0, 2 * share if region == "emea" else 0)
        yield Series("shop_revenue_euros_total", labels, 0, 1_000 * share)
        yield Series("shop_carts_open", labels, 40 * share)
    for model, cars in (("one", 12), ("two", 3)):
        yield Series("shop_stock_cars", {**exporter, "model": model}, cars)


def _process(exporter: Mapping[str, str], megabytes: float) -> Iterator[Series]:
    yield Series("exporter_build_info", {**exporter, "version": "1", "python": "3"}, 1)
    yield Series("exporter_config_last_reload_successful", exporter, 0 if exporter["cluster"] == NEU else 1)
    yield Series("exporter_snapshot_series", exporter, megabytes)
    yield Series("exporter_scrapes_total", {**exporter, "format": "text", "encoding": "gzip"}, 0, 0.03)
    yield Series("process_resident_memory_bytes", exporter, megabytes * 1e6)
    yield Series("process_cpu_seconds_total", exporter, 0, 0.1)


def _azure() -> Iterator[Series]:
    exporter = target(WEU, "exporter", "azure-platform-prod-weu")
    collector = {**exporter, "collector": "azure-metrics", "exporter": "azure-platform"}
    group = {**collector, "subscription": "shop-prod", "type": "microsoft.keyvault/vaults"}
    yield from _up(WEU, "exporter", exporter["component"])
    yield from _process(exporter, 130)
    yield Series("azure_metrics_up", group, 1)
    yield Series("azure_metrics_resources", group, 60)
    yield Series("azure_metrics_newest_point_timestamp_seconds", group, END - 240)
    dropped = {**collector, "limit": "row", "type": group["type"], "metric": "Availability"}
    yield Series("azure_metrics_dropped_series", dropped, 9)
    for code, calls in (("200", 1.5), ("429", 0.5)):
        yield Series("azure_api_requests_total", {**collector, "api": "batch", "code": code}, 0, calls)
    throttled = {**collector, "api": "batch", "subscription": "shop-prod"}
    yield Series("azure_api_throttled_total", throttled, 0, 0.5)


def _thanos() -> Iterator[Series]:
    query, store = target(HUB, "query", "query"), target(HUB, "store", "store")
    compact, rule = target(HUB, "compact", "compact"), target(HUB, "rule", "rule")
    for code, rate in (("200", 9.0), ("503", 1.0)):
        yield Series("http_requests_total", {**query, "handler": "query_range", "code": code}, 0, rate)
    yield from histogram("http_request_duration_seconds", {**query, "handler": "query"}, 6, 4)
    yield Series("thanos_query_concurrent_gate_queries_in_flight", query, 5)
    yield Series("thanos_query_concurrent_gate_queries_max", query, 20)
    for kind, count in (("sidecar", 3), ("store", 1), ("rule", 1)):
        yield Series("thanos_store_nodes_grpc_connections", {**query, "store_type": kind}, count)
    for grpc_code, rate in (("OK", 19.0), ("Unavailable", 1.0)):
        yield Series("grpc_client_handled_total", {**query, "grpc_code": grpc_code}, 0, rate)

    yield Series("thanos_bucket_store_blocks_loaded", store, 42)
    yield from histogram("grpc_server_handling_seconds", {**store, "grpc_method": "Series"}, 9, 1)
    yield Series("thanos_store_index_cache_requests_total", {**store, "item_type": "Postings"}, 0, 10)
    yield Series("thanos_store_index_cache_hits_total", {**store, "item_type": "Postings"}, 0, 7)

    bucket = {**store, "bucket": "thanos", "operation": "get_range"}
    yield Series("thanos_objstore_bucket_operations_total", bucket, 0, 3)
    yield Series("thanos_objstore_bucket_operation_failures_total", bucket, 0, 0.5)
    yield from histogram("thanos_objstore_bucket_operation_duration_seconds", bucket, 2, 1)

    yield Series("thanos_compact_halted", compact, 0)
    for what, count in (("compaction", 6), ("downsample", 4), ("deletion", 2)):
        yield Series(f"thanos_compact_todo_{what}_blocks", compact, count)
    yield Series("thanos_compact_group_compactions_failures_total", {**compact, "resolution": "0"}, 0, 0.1)
    yield Series("thanos_compact_downsample_failures_total", {**compact, "resolution": "300000"}, 0, 0.2)
    yield Series("thanos_compact_block_cleanup_failures_total", compact, 0, 0.3)
    yield Series("thanos_compact_iterations_total", compact, 0, 0.01)
    marked = {**compact, "marker": "deletion-mark.json", "reason": "post-compaction"}
    yield Series("thanos_compact_blocks_marked_total", marked, 0, 0.02)

    yield Series("prometheus_rule_evaluation_failures_total", {**rule, "rule_group": "clusters"}, 0, 0.4)
    yield Series("thanos_rule_evaluation_with_warnings_total", {**rule, "strategy": "warn"}, 0, 0.6)
    yield Series("thanos_alert_queue_alerts_dropped_total", rule, 0, 0.05)
