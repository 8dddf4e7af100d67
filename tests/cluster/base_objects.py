"""What a cluster has from its start, as one of AKS has: CoreDNS behind the service `kube-dns`, storage
classes.
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.versions import ENGINES as VERSIONS
from tests.cluster.api import Object

_COREFILE = """\
.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    prometheus :9153
    cache 5
    loadbalance
}
"""
_LABELS = {"k8s-app": "kube-dns"}
_PORTS = (("dns", "UDP", 53), ("dns-tcp", "TCP", 53), ("metrics", "TCP", 9153))
# The provisioner that AKS names in its classes; `cloud.py` does its work here.
PROVISIONER = "disk.csi.azure.com"
CLASSES = ("default", "managed-csi")


def _of(kind: str, name: str, version: str = "v1", namespace: str = "kube-system") -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}


def storage_classes() -> Iterator[Object]:
    """The classes that manifests of ours name; the first is the default one."""
    for name in CLASSES:
        default = {"storageclass.kubernetes.io/is-default-class": str(name == CLASSES[0]).lower()}
        yield {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name, "annotations": default},
            "provisioner": PROVISIONER,
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
        }


def dns(address: str) -> Iterator[Object]:
    """CoreDNS with its rights, behind a service with that address."""
    subject = {"kind": "ServiceAccount", "name": "coredns", "namespace": "kube-system"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:coredns"}
    rules = [
        {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": ["list", "watch"]},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    ]
    rbac = "rbac.authorization.k8s.io/v1"
    yield _of("ServiceAccount", "coredns")
    yield {"apiVersion": rbac, "kind": "ClusterRole", "metadata": {"name": "system:coredns"}, "rules": rules}
    yield {
        "apiVersion": rbac,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "system:coredns"},
        "roleRef": role,
        "subjects": [subject],
    }
    yield {**_of("ConfigMap", "coredns"), "data": {"Corefile": _COREFILE}}
    yield {
        **_of("Deployment", "coredns", "apps/v1"),
        "spec": {
            "selector": {"matchLabels": _LABELS},
            "template": {"metadata": {"labels": _LABELS}, "spec": _pod()},
        },
    }
    service = _of("Service", "kube-dns")
    service["metadata"]["labels"] = _LABELS
    yield {
        **service,
        "spec": {
            "selector": _LABELS,
            "clusterIP": address,
            "ports": [{"name": name, "protocol": protocol, "port": port} for name, protocol, port in _PORTS],
        },
    }


def _pod() -> Object:
    return {
        "serviceAccountName": "coredns",
        "dnsPolicy": "Default",
        "containers": [
            {
                "name": "coredns",
                "image": f"registry.k8s.io/coredns/coredns:v{VERSIONS['coredns']}",
                "args": ["-conf", "/etc/coredns/Corefile"],
                # Written out, as AKS does: monitors find the port of the metrics by them.
                "ports": [
                    {"name": name, "protocol": protocol, "containerPort": port}
                    for name, protocol, port in _PORTS
                ],
                "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
                },
                "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns", "readOnly": True}],
            }
        ],
        "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
    }
