"""What makes a cluster observable: kubelets, their containers, the API server, DNS.

Each keeps a list of metrics that rules and dashboards read, and drops the rest: unfiltered, kubelets and the
API server alone bring more series than all workloads of a small cluster. AKS runs scheduler and controller
manager out of reach, so there is no target for them.

Contracts: https://kubernetes.io/docs/reference/instrumentation/metrics/,
https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md,
https://coredns.io/plugins/metrics/.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from deploy.targets.kubernetes.objects import names
from deploy.targets.kubernetes.objects.canonical import Shared
from deploy.targets.kubernetes.objects.monitors import matched, replaced

CONTAINER_METRICS = (
    "container_cpu_usage_seconds_total",
    "container_cpu_cfs_periods_total",
    "container_cpu_cfs_throttled_periods_total",
    "container_memory_working_set_bytes",
    "container_memory_rss",
    "container_network_receive_bytes_total",
    "container_network_transmit_bytes_total",
    "container_network_receive_packets_dropped_total",
    "container_network_transmit_packets_dropped_total",
    "container_fs_reads_bytes_total",
    "container_fs_writes_bytes_total",
    "container_oom_events_total",
    "container_start_time_seconds",
    "machine_cpu_cores",
    "machine_memory_bytes",
)
KUBELET_METRICS = (
    "kubelet_node_name",
    "kubelet_running_pods",
    "kubelet_running_containers",
    "kubelet_pod_start_duration_seconds_(bucket|count|sum)",
    "kubelet_pleg_relist_duration_seconds_(bucket|count|sum)",
    "kubelet_pod_worker_duration_seconds_(count|sum)",
    "kubelet_runtime_operations_errors_total",
    "kubelet_runtime_operations_total",
    "kubelet_certificate_manager_client_expiration_renew_errors",
    "kubelet_certificate_manager_client_ttl_seconds",
    "kubelet_server_expiration_renew_errors",
    "kubelet_evictions",
    "kubelet_volume_stats_(available_bytes|capacity_bytes|inodes|inodes_free|inodes_used|used_bytes)",
    "kubernetes_build_info",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
)
API_SERVER_METRICS = (
    "apiserver_request_total",
    "apiserver_request_terminations_total",
    "apiserver_request_duration_seconds_(count|sum)",
    "apiserver_request_sli_duration_seconds_(bucket|count|sum)",
    "apiserver_current_inflight_requests",
    "apiserver_flowcontrol_(rejected_requests_total|current_inqueue_requests)",
    "apiserver_requested_deprecated_apis",
    "apiserver_storage_objects",
    "aggregator_unavailable_apiservice(_total)?",
    "kubernetes_build_info",
    "process_start_time_seconds",
)
DNS_METRICS = (
    "coredns_build_info",
    "coredns_cache_(hits|misses)_total",
    "coredns_dns_request_duration_seconds_(bucket|count|sum)",
    "coredns_dns_requests_total",
    "coredns_dns_responses_total",
    "coredns_forward_(requests|responses)_total",
    "coredns_forward_healthcheck_broken_total",
    "coredns_panics_total",
    "process_resident_memory_bytes",
)
# Files that every pod with an account has.
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
TOKEN = f"{_ACCOUNT}/token"
AUTHORITY = f"{_ACCOUNT}/ca.crt"


@cache
def monitors() -> tuple[dict[str, Any], ...]:
    """The monitors of a cluster: the same in each, and made once."""
    made = (_kubelet(), _api_server(), _dns())
    return tuple({**each, "spec": Shared(each["spec"])} for each in made)


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, **names.OURS}


def _kubelet() -> dict[str, Any]:
    """prometheus-operator keeps a Service of all kubelets; a DaemonSet could not see the ports of nodes."""
    shared = {
        "port": "https-metrics",
        "scheme": "https",
        "bearerTokenFile": TOKEN,
        # Kubelets of AKS sign their own certificates.
        "tlsConfig": {"caFile": AUTHORITY, "insecureSkipVerify": True},
        "honorLabels": True,
    }
    node = matched("__meta_kubernetes_endpoint_address_target_name", "(.+)", "node", "$1")
    endpoints = [
        {
            **shared,
            "path": "/metrics",
            "relabelings": [replaced("job", "kubelet"), replaced("component", "kubelet"), node],
            "metricRelabelings": [kept(KUBELET_METRICS)],
        },
        {
            **shared,
            "path": "/metrics/cadvisor",
            # Its own times lag behind, and pods that ended would be seen for minutes.
            "honorTimestamps": False,
            "relabelings": [replaced("job", "cadvisor"), replaced("component", "cadvisor"), node],
            "metricRelabelings": [kept(CONTAINER_METRICS)],
        },
    ]
    spec = {
        "selector": {"matchLabels": {"app.kubernetes.io/name": "kubelet"}},
        "namespaceSelector": {"matchNames": ["kube-system"]},
        "endpoints": endpoints,
    }
    return {"kind": "ServiceMonitor", "name": "kubelet", "labels": _labels("kubelet"), "spec": spec}


def _api_server() -> dict[str, Any]:
    endpoint = {
        "port": "https",
        "path": "/metrics",
        "scheme": "https",
        "bearerTokenFile": TOKEN,
        "tlsConfig": {"caFile": AUTHORITY, "serverName": "kubernetes"},
        "relabelings": [replaced("job", "apiserver"), replaced("component", "apiserver")],
        "metricRelabelings": [kept(API_SERVER_METRICS)],
    }
    spec = {
        "selector": {"matchLabels": {"component": "apiserver", "provider": "kubernetes"}},
        "namespaceSelector": {"matchNames": ["default"]},
        "endpoints": [endpoint],
    }
    return {"kind": "ServiceMonitor", "name": "apiserver", "labels": _labels("apiserver"), "spec": spec}


def _dns() -> dict[str, Any]:
    """By pod: the Service of AKS does not name the port of its metrics."""
    endpoint = {
        "portNumber": 9153,
        "path": "/metrics",
        "relabelings": [replaced("job", "coredns"), replaced("component", "coredns")],
        "metricRelabelings": [kept(DNS_METRICS)],
    }
    spec = {
        "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
        "namespaceSelector": {"matchNames": ["kube-system"]},
        "podMetricsEndpoints": [endpoint],
    }
    return {"kind": "PodMonitor", "name": "coredns", "labels": _labels("coredns"), "spec": spec}


def kept(metrics: Iterable[str]) -> dict[str, Any]:
    """Drops every sample of another name. What Prometheus itself adds (`up`) passes by."""
    return {"action": "keep", "sourceLabels": ["__name__"], "regex": "|".join(metrics)}
