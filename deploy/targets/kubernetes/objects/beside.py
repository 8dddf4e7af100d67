"""What every cluster runs beside the estate's own: the operator, and what tells of nodes and objects.

Contracts: `operator --help` of prometheus-operator and its documentation of RBAC
(https://prometheus-operator.dev/docs/platform/rbac/), `kube-state-metrics --help`, node_exporter's README.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deploy.targets.kubernetes.objects import images
from deploy.targets.kubernetes.objects.monitors import matched
from deploy.targets.kubernetes.objects.pod import HOST
from deploy.targets.kubernetes.objects.workload import Workload
from estate.components import Component, Engine, Listen, PortNumber, Probe, Resources, text
from estate.model import Estate

READ = ("list", "watch")
# What kube-state-metrics lists, by API group. Each resource costs memory by its objects, and secrets are no
# business of metrics.
STATE: Mapping[str, tuple[str, ...]] = {
    "": (
        "namespaces",
        "nodes",
        "persistentvolumeclaims",
        "persistentvolumes",
        "pods",
        "resourcequotas",
        "services",
    ),
    "apps": ("daemonsets", "deployments", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "networking.k8s.io": ("ingresses", "networkpolicies"),
    "policy": ("poddisruptionbudgets",),
    "storage.k8s.io": ("storageclasses",),
}
# Per pod, and of no use to any rule or dashboard: they would be half of all series.
DROPPED = (
    "kube_pod_tolerations",
    "kube_pod_status_scheduled",
    "kube_pod_status_scheduled_time",
    "kube_pod_status_qos_class",
    "kube_pod_ips",
    "kube_pod_service_account",
    "kube_pod_scheduler",
    "kube_pod_restart_policy",
    "kube_.+_annotations",
)
# File systems that are no disks, or that are mounted in pods: the kubelet tells of those.
_NO_DISKS = "^/(dev|proc|run|sys|var/lib/(docker|containerd|kubelet))($|/)"
_VIRTUAL = "^(veth.*|azv.*|cali.*|lxc.*|cilium.*)$"


def operator(estate: Estate, cluster: str) -> Workload:
    """prometheus-operator: monitors and rules of all namespaces, servers in ours alone."""
    namespace = estate.clusters[cluster].kubernetes.namespace
    own = Component(
        name=f"prometheus-operator-{cluster}",
        kind="prometheus-operator",
        cluster=cluster,
        command=Engine("prometheus_operator"),
        arguments=(
            text("--web.listen-address=", Listen("http")),
            f"--prometheus-config-reloader={images.reference('config_reloader', estate.images)}",
            f"--prometheus-instance-namespaces={namespace}",
            f"--alertmanager-instance-namespaces={namespace}",
            f"--thanos-ruler-instance-namespaces={namespace}",
            # It keeps a Service of all kubelets, through which Prometheus finds them.
            "--kubelet-service=kube-system/kubelet",
            "--kubelet-endpoints=true",
            "--log-format=logfmt",
        ),
        ports={"http": 8080},
        ready=Probe("http", "/healthz"),
        metrics=("http", "/metrics"),
        resources=Resources("50m", "128Mi", "512Mi"),
    )
    return Workload(own, "Deployment", _operator_rules())


def _operator_rules() -> tuple[Mapping[str, Any], ...]:
    every = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
    return (
        _rule("monitoring.coreos.com", ["*"], ["*"]),
        _rule("apps", ["statefulsets"], every),
        _rule("", ["configmaps", "secrets"], every),
        _rule("", ["pods"], ["list", "delete"]),
        _rule("", ["services", "services/finalizers", "endpoints"], every),
        _rule("discovery.k8s.io", ["endpointslices"], every),
        _rule("", ["nodes", "namespaces"], ["get", "list", "watch"]),
        _rule("", ["events"], ["create", "patch"]),
        _rule("events.k8s.io", ["events"], ["create", "patch"]),
        _rule("networking.k8s.io", ["ingresses"], ["get", "list", "watch"]),
        _rule("storage.k8s.io", ["storageclasses"], ["get"]),
    )


def kube_state_metrics(cluster: str) -> Workload:
    """The state of objects as metrics."""
    own = Component(
        name=f"kube-state-metrics-{cluster}",
        kind="kube-state-metrics",
        cluster=cluster,
        command=Engine("kube_state_metrics"),
        arguments=(
            text("--port=", PortNumber("http")),
            text("--telemetry-port=", PortNumber("telemetry")),
            f"--resources={','.join(sorted(each for group in STATE.values() for each in group))}",
            f"--metric-denylist={','.join(DROPPED)}",
            # By this label a namespace asks for no alerts (docs/alerts.md).
            "--metric-labels-allowlist=namespaces=[singlepane/alerts]",
        ),
        ports={"http": 8080, "telemetry": 8081},
        ready=Probe("telemetry", "/readyz"),
        metrics=("http", "/metrics"),
        resources=Resources("50m", "128Mi", "1Gi"),
    )
    # Its labels are those of the objects that it tells of, not its own.
    rules = tuple(_rule(group, kinds, READ) for group, kinds in STATE.items())
    return Workload(own, "Deployment", rules, honor_labels=True)


def node_exporter(cluster: str) -> Workload:
    """Each node, by the metrics of its kernel."""
    own = Component(
        name=f"node-exporter-{cluster}",
        kind="node-exporter",
        cluster=cluster,
        command=Engine("node_exporter"),
        arguments=(
            text("--web.listen-address=", Listen("http")),
            f"--path.rootfs={HOST}",
            f"--path.procfs={HOST}/proc",
            f"--path.sysfs={HOST}/sys",
            f"--collector.filesystem.mount-points-exclude={_NO_DISKS}",
            f"--collector.netclass.ignored-devices={_VIRTUAL}",
            f"--collector.netdev.device-exclude={_VIRTUAL}",
        ),
        ports={"http": 9100},
        ready=Probe("http", "/"),
        metrics=("http", "/metrics"),
        resources=Resources("50m", "32Mi", "128Mi"),
    )
    node = matched("__meta_kubernetes_pod_node_name", "(.+)", "node", "$1")
    return Workload(own, "DaemonSet", on_node=True, relabelings=(node,))


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
