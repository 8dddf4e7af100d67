"""What Kubernetes says of one cluster: nodes, pods, containers, the API server, names."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dashboards.series import Series, histogram, target

SHOP = {"namespace": "shop"}
CONTAINER = {**SHOP, "pod": "api-1", "container": "api"}


def series(cluster: str, factor: float) -> Iterator[Series]:
    """All of them. The second cluster has twice of what the first has."""
    yield from _state(cluster, factor)
    yield from _nodes(cluster, factor)
    yield from _containers(cluster, factor)
    yield from _api_server(cluster, factor)
    yield from _names(cluster, factor)


def _state(cluster: str, factor: float) -> Iterator[Series]:
    own = target(cluster, "kube-state-metrics", f"kube-state-metrics-{cluster}")
    for number in range(int(factor) + 1):
        node = {**own, "node": f"node-{number}"}
        ready = {**node, "condition": "Ready"}
        yield Series("kube_node_info", {**node, "kubelet_version": "v1.36.3"}, 1)
        for status in ("true", "false"):
            # The last node is not ready.
            well = (number < factor) == (status == "true")
            yield Series("kube_node_status_condition", {**ready, "status": status}, float(well))
        pressed = {**node, "condition": "DiskPressure", "status": "true"}
        yield Series("kube_node_status_condition", pressed, float(number == factor))
        yield Series("kube_node_status_capacity", {**node, "resource": "cpu"}, 4)
        for resource, amount in (("cpu", 3.8), ("memory", 16e9), ("pods", 110.0)):
            yield Series("kube_node_status_allocatable", {**node, "resource": resource}, amount)
    yield Series("kube_namespace_status_phase", {**own, **SHOP, "phase": "Active"}, 1)
    pod = {**own, **SHOP, "pod": "api-1"}
    for phase, is_so in (("Running", 1.0), ("Pending", 0.0), ("Succeeded", 0.0)):
        yield Series("kube_pod_status_phase", {**pod, "phase": phase}, is_so)
    waiting = {**own, **SHOP, "pod": "api-2"}
    for phase, is_so in (("Running", 0.0), ("Pending", 1.0), ("Succeeded", 0.0)):
        yield Series("kube_pod_status_phase", {**waiting, "phase": phase}, is_so)
    yield Series("kube_pod_status_ready", {**pod, "condition": "false"}, 0)
    yield Series("kube_pod_status_ready", {**waiting, "condition": "false"}, 1)
    yield Series("kube_pod_status_unschedulable", waiting, 1)
    container = {**own, **CONTAINER}
    yield Series("kube_pod_container_resource_requests", {**container, "resource": "cpu"}, 2 * factor)
    yield Series("kube_pod_container_resource_requests", {**container, "resource": "memory"}, 4e9 * factor)
    yield Series("kube_pod_container_resource_limits", {**container, "resource": "memory"}, 8e9)
    yield Series("kube_pod_container_status_restarts_total", container, 0, 0.001 * factor)
    stuck = {**own, **SHOP, "pod": "api-2", "container": "api", "reason": "ImagePullBackOff"}
    yield Series("kube_pod_container_status_waiting_reason", stuck, 1)
    ended = {**container, "reason": "OOMKilled"}
    yield Series("kube_pod_container_status_last_terminated_reason", ended, 1)
    yield from _wanted(own, factor)


def _wanted(own: dict[str, str], factor: float) -> Iterator[Series]:
    """Each kind of workload lacks `factor` of three and more."""
    for kind, wanted, there in (
        ("deployment", "kube_deployment_spec_replicas", "kube_deployment_status_replicas_available"),
        ("statefulset", "kube_statefulset_replicas", "kube_statefulset_status_replicas_ready"),
        (
            "daemonset",
            "kube_daemonset_status_desired_number_scheduled",
            "kube_daemonset_status_number_ready",
        ),
    ):
        labels = {**own, **SHOP, kind: "api"}
        yield Series(wanted, labels, 3 + factor)
        yield Series(there, labels, 3)
    scaled = {**own, **SHOP, "horizontalpodautoscaler": "api"}
    yield Series("kube_horizontalpodautoscaler_status_current_replicas", scaled, 5 * factor)
    yield Series("kube_horizontalpodautoscaler_spec_max_replicas", scaled, 5 * factor)
    budget = {**own, **SHOP, "poddisruptionbudget": "api"}
    yield Series("kube_poddisruptionbudget_status_pod_disruptions_allowed", budget, 0)
    for kind, amount in (("used", 3.0 * factor), ("hard", 10.0)):
        quota = {**own, **SHOP, "resourcequota": "all", "resource": "pods", "type": kind}
        yield Series("kube_resourcequota", quota, amount)


def _nodes(cluster: str, factor: float) -> Iterator[Series]:
    own = target(cluster, "node-exporter", f"node-exporter-{cluster}")
    # Of a node of its own: the other series of this job have no `node`, as on one machine.
    node = {**own, "instance": "node-0:9100", "node": "node-0"}
    for mode, rate in (("idle", 1 - factor / 4), ("user", factor / 4)):
        yield Series("node_cpu_seconds_total", {**node, "cpu": "0", "mode": mode}, 0, rate)
    yield Series("node_load1", node, 1.5 * factor)
    yield Series("node_memory_MemTotal_bytes", node, 16e9)
    yield Series("node_memory_MemAvailable_bytes", node, 16e9 / (2 * factor))
    disk = {**node, "device": "sda", "mountpoint": "/", "fstype": "ext4"}
    yield Series("node_filesystem_size_bytes", disk, 1e11)
    yield Series("node_filesystem_avail_bytes", disk, 0.5e11 / factor)
    yield Series("node_nf_conntrack_entries", node, 1_000 * factor)
    yield Series("node_nf_conntrack_entries_limit", node, 10_000)
    kubelet = {**target(cluster, "kubelet", "kubelet"), "node": "node-0"}
    yield Series("kubelet_running_pods", kubelet, 22 * factor)
    volume = {**kubelet, **SHOP, "persistentvolumeclaim": "data"}
    yield Series("kubelet_volume_stats_capacity_bytes", volume, 1e10)
    yield Series("kubelet_volume_stats_available_bytes", volume, 0.8e10 / factor)


def _containers(cluster: str, factor: float) -> Iterator[Series]:
    own = {**target(cluster, "cadvisor", "cadvisor"), "node": "node-0"}
    container, pod = {**own, **CONTAINER}, {**own, **SHOP, "pod": "api-1"}
    yield Series("container_cpu_usage_seconds_total", container, 0, 0.5 * factor)
    yield Series("container_memory_working_set_bytes", container, 2e9 * factor)
    yield Series("container_cpu_cfs_periods_total", container, 0, 10)
    yield Series("container_cpu_cfs_throttled_periods_total", container, 0, factor)
    yield Series("container_oom_events_total", container, 0, 0.0005 * factor)
    for way, rate in (("receive", 1_000.0), ("transmit", 500.0)):
        yield Series(f"container_network_{way}_bytes_total", {**pod, "interface": "eth0"}, 0, rate * factor)
        dropped = f"container_network_{way}_packets_dropped_total"
        yield Series(dropped, {**pod, "interface": "eth0"}, 0, rate / 1_000)


def _api_server(cluster: str, factor: float) -> Iterator[Series]:
    own = target(cluster, "apiserver", "apiserver")
    yield Series("kubernetes_build_info", {**own, "git_version": f"v1.36.{factor:.0f}"}, 1)
    for code, rate in (("200", 99.0), ("503", factor)):
        yield Series("apiserver_request_total", {**own, "verb": "GET", "code": code}, 0, rate)
    yield from histogram(
        "apiserver_request_sli_duration_seconds", {**own, "verb": "GET", "scope": "resource"}, 9, factor
    )


def _names(cluster: str, factor: float) -> Iterator[Series]:
    own = target(cluster, "coredns", "coredns")
    yield Series("coredns_dns_requests_total", {**own, "type": "A"}, 0, 10 * factor)
    for rcode, rate in (("NOERROR", 9.0), ("SERVFAIL", 1.0)):
        yield Series("coredns_dns_responses_total", {**own, "rcode": rcode}, 0, rate * factor)
    yield from histogram("coredns_dns_request_duration_seconds", own, 9, factor)
