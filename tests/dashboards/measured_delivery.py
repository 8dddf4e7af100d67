"""What brings software and traffic to clusters, and what ends by itself: Argo CD, doors, certificates."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dashboards.series import END, HUB, Series, histogram, target

DAY = 86_400


def of_cluster(cluster: str, factor: float) -> Iterator[Series]:
    """One cluster: its doors, its certificates, its secrets."""
    yield from _probes(cluster, factor)
    yield from _doors(cluster, factor)
    yield from _expiry(cluster, factor)


def of_hub() -> Iterator[Series]:
    """What the hub alone has: Argo CD, pipelines, credentials in Entra ID."""
    argo = target(HUB, "argocd", "argocd")
    for name, sync, health in (
        ("api", "Synced", "Healthy"),
        ("web", "OutOfSync", "Healthy"),
        ("stock", "Synced", "Degraded"),
    ):
        app = {**argo, "project": "shop", "name": name, "sync_status": sync, "health_status": health}
        yield Series("argocd_app_info", app, 1)
    for server, reached in (("https://weu.example", 1.0), ("https://neu.example", 0.0)):
        yield Series("argocd_cluster_connection_status", {**argo, "server": server}, reached)
    for phase, speed in (("Succeeded", 0.9), ("Failed", 0.1)):
        row = {**argo, "project": "shop", "name": "api", "phase": phase, "dry_run": "false"}
        yield Series("argocd_app_sync_total", row, 0, speed)
    yield from histogram("argocd_app_reconcile", {**argo, "dest_server": "https://weu.example"}, 9, 1)
    yield Series("argocd_repo_pending_request_total", {**argo, "repo": "https://git.example/shop"}, 3)
    yield Series("argocd_git_fetch_fail_total", {**argo, "repo": "https://git.example/shop"}, 0, 0.01)
    for succeeded, speed in (("true", 0.5), ("false", 0.02)):
        row = {**argo, "service": "teams", "succeeded": succeeded}
        yield Series("argocd_notifications_deliveries_total", row, 0, speed)

    devops = target(HUB, "azure-devops-exporter", "azure-devops")
    pool = {**devops, "agentPoolID": "7"}
    yield Series("azure_devops_agentpool_info", {**pool, "agentPoolName": "linux"}, 1)
    yield Series("azure_devops_agentpool_queue_length", pool, 12)
    yield Series("azure_devops_agentpool_usage", pool, 0.75)
    for result, speed in (("succeeded", 0.03), ("failed", 0.01)):
        row = {**devops, "projectID": "shop", "buildDefinitionID": "1", "result": result}
        yield Series("azure_devops_stats_project_builds", row, 0, speed)

    entra = {**target(HUB, "azure-resourcemanager-exporter", "azure-facts"), "appAppID": "a1"}
    yield Series("azurerm_graph_app_info", {**entra, "appDisplayName": "shop-login"}, 1)
    credential = {**entra, "credentialName": "ci", "credentialType": "password", "type": "endDate"}
    yield Series("azurerm_graph_app_credential", credential, END + 20 * DAY)


def _probes(cluster: str, factor: float) -> Iterator[Series]:
    own = {**target(cluster, "probe", "probe"), "instance": f"https://{cluster}.shop.example"}
    yield Series("probe_success", own, 2 - factor)
    yield Series("probe_duration_seconds", own, 0.2 * factor)
    yield Series("probe_http_status_code", own, 200 if factor == 1 else 503)
    yield Series("probe_ssl_earliest_cert_expiry", own, END + 30 * DAY / factor)


def _doors(cluster: str, factor: float) -> Iterator[Series]:
    istio = target(cluster, "istio", "istio")
    service = {
        **istio,
        "reporter": "destination",
        "destination_service_namespace": "shop",
        "destination_service_name": "api",
    }
    gateway = {**istio, "reporter": "source", "source_workload": "shop-gateway-istio"}
    for code, speed in (("200", 9.0), ("503", 1.0)):
        yield Series("istio_requests_total", {**service, "response_code": code}, 0, speed * factor)
        yield Series("istio_requests_total", {**gateway, "response_code": code}, 0, speed * factor)
    yield Series("istio_tcp_connections_opened_total", gateway, 0, factor)
    for bound, speed in (("100", 9.0), ("1000", 10.0), ("+Inf", 10.0)):
        row = {**service, "le": bound}
        yield Series("istio_request_duration_milliseconds_bucket", row, 0, speed * factor)

    envoy = target(cluster, "envoy", "envoy")
    for family, speed in (("2", 19.0), ("5", 1.0)):
        row = {**envoy, "envoy_http_conn_manager_prefix": "https", "envoy_response_code_class": family}
        yield Series("envoy_http_downstream_rq_xx", row, 0, speed * factor)
    for which, count in (("healthy", 3.0), ("total", 4.0)):
        yield Series(f"envoy_cluster_membership_{which}", {**envoy, "envoy_cluster_name": "api"}, count)

    nginx = target(cluster, "ingress-nginx", "ingress-nginx")
    rule = {**nginx, "ingress": "shop", "host": "shop.example"}
    for status, speed in (("200", 4.0), ("502", 1.0)):
        yield Series("nginx_ingress_controller_requests", {**rule, "status": status}, 0, speed * factor)
    yield from histogram("nginx_ingress_controller_request_duration_seconds", rule, 9, factor)
    state = {**nginx, "state": "active"}
    yield Series("nginx_ingress_controller_nginx_process_connections", state, 40 * factor)
    yield Series("nginx_ingress_controller_config_last_reload_successful", nginx, 2 - factor)
    ends = END + 60 * DAY / factor
    yield Series("nginx_ingress_controller_ssl_expire_time_seconds", {**nginx, "host": "shop.example"}, ends)


def _expiry(cluster: str, factor: float) -> Iterator[Series]:
    manager = {**target(cluster, "cert-manager", "cert-manager"), "namespace": "shop", "name": "shop-tls"}
    yield Series("certmanager_certificate_expiration_timestamp_seconds", manager, END + 40 * DAY / factor)
    yield Series(
        "certmanager_certificate_renewal_timestamp_seconds", manager, END + 10 * DAY * (1.5 - factor)
    )
    unready = {**manager, "condition": "False"}
    yield Series("certmanager_certificate_ready_status", unready, factor - 1)
    for status, speed in (("200", 0.1), ("429", 0.01)):
        row = {**target(cluster, "cert-manager", "cert-manager"), "status": status, "action": "new_order"}
        yield Series("certmanager_http_acme_client_request_count", row, 0, speed * factor)
    kubelet = {**target(cluster, "kubelet", "kubelet"), "node": "node-0"}
    yield Series("kubelet_certificate_manager_client_ttl_seconds", kubelet, 90 * DAY / factor)
    secrets = {**target(cluster, "external-secrets", "external-secrets"), "condition": "Ready"}
    unsynced = {**secrets, "status": "False"}
    row = {**unsynced, "namespace": "shop", "name": "database"}
    yield Series("externalsecret_status_condition", row, factor - 1)
    yield Series("clustersecretstore_status_condition", {**unsynced, "name": "shop-kv"}, factor - 1)
