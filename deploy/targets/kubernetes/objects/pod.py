"""Pods: never root, read-only, without rights of the kernel, with what the component asks for.

Contracts: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (restricted),
https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from deploy.targets.kubernetes.objects import files, images, names, quantity, vaults
from deploy.targets.kubernetes.objects.place import DATA, FILES, Place
from deploy.targets.kubernetes.objects.workload import Workload
from estate.components import Component, FromImage, Own, Probe, Resources

# The official images name their user by a word, of which a kubelet cannot tell that it is not root.
NOBODY = 65534
OURS = 10001
# Those of official images that are known by another number.
USERS: Mapping[str, int] = {"grafana": 472}
CONTAINER_SECURITY: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
# Where the file system of the node is, for what looks at nodes.
HOST = "/host"


def template(place: Place, workload: Workload, config: Mapping[str, str]) -> dict[str, Any]:
    """The pod template. `config` is the data of the component's ConfigMap: a change makes the pods anew."""
    own = workload.component
    # Every DNS label is a label value, but not the other way round: the name of the container is the kind.
    metadata: dict[str, Any] = {"labels": {**names.labels(own)}}
    if own.identity:
        metadata["labels"]["azure.workload.identity/use"] = "true"
    annotations = vaults.checksums(place, own)
    if config:
        annotations = {"checksum/config": files.checksum(config), **annotations}
    if annotations:
        metadata["annotations"] = annotations
    spec: dict[str, Any] = {
        "serviceAccountName": own.name,
        "automountServiceAccountToken": bool(workload.rules),
        "securityContext": security(own),
        "terminationGracePeriodSeconds": ceil(own.stop_seconds) + 5,
        "containers": [container(place, workload)],
        "volumes": volumes(place, workload),
    }
    if workload.on_node:
        spec |= {"hostNetwork": True, "hostPID": True, "tolerations": [{"operator": "Exists"}]}
    else:
        spec["enableServiceLinks"] = False
    if pull := place.estate.images.pull_secret:
        spec["imagePullSecrets"] = [{"name": pull}]
    return {"metadata": metadata, "spec": {key: value for key, value in spec.items() if value != []}}


def security(own: Component) -> dict[str, Any]:
    """Of the pod. The group owns the volume; walking through a large one at each start would take minutes."""
    match own.command:
        case Own():
            user = OURS
        case FromImage(name):
            user = USERS[name]
        case _:
            user = NOBODY
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container(place: Place, workload: Workload) -> dict[str, Any]:
    """The one container."""
    own = workload.component
    made: dict[str, Any] = {
        "name": own.kind,
        "image": images.of(own.command, place.estate.images),
        "imagePullPolicy": "IfNotPresent",
        "args": [place.text(own, argument) for argument in own.arguments],
        "env": _environment(place, own),
        "ports": [
            {"name": name, "containerPort": number, "protocol": "TCP"} for name, number in own.ports.items()
        ],
        "resources": resources(own.resources),
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": _mounts(place, workload),
    }
    if own.ready is not None:
        made |= probes(own.ready)
    return {key: value for key, value in made.items() if value != []}


def probes(ready: Probe) -> dict[str, Any]:
    """Ready when its path answers. It is alive as long as its port is open.

    A slow answer must not end a pod: the one that is started in its place would be slower still.
    """
    if ready.path:
        scheme = {"scheme": "HTTPS" if ready.tls else "HTTP"}
        check: dict[str, Any] = {"httpGet": {"path": ready.path, "port": ready.port, **scheme}}
    else:
        check = {"tcpSocket": {"port": ready.port}}
    return {
        "readinessProbe": {**check, **_patience(period=10, failures=3)},
        # At full size a write-ahead log is read for minutes, and blocks are listed for longer.
        "startupProbe": {"tcpSocket": {"port": ready.port}, **_patience(period=5, failures=120)},
        "livenessProbe": {"tcpSocket": {"port": ready.port}, **_patience(period=30, failures=6)},
    }


def _patience(period: int, failures: int) -> dict[str, int]:
    return {"periodSeconds": period, "timeoutSeconds": 5, "failureThreshold": failures, "successThreshold": 1}


def resources(wanted: Resources) -> dict[str, Any]:
    """Requests, and a limit of memory alone: a limit of processor time makes what is slow slower."""
    made: dict[str, Any] = {
        "requests": {"cpu": quantity.cpu(wanted.cpu), "memory": quantity.size(wanted.memory)}
    }
    if wanted.memory_limit:
        made["limits"] = {"memory": quantity.size(wanted.memory_limit)}
    return made


def volumes(place: Place, workload: Workload) -> list[dict[str, Any]]:
    """Files, scratch space, and the data where no claim brings it."""
    own = workload.component
    made = [files.volume(place, own), {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}]
    if workload.form != "StatefulSet":
        made.append({"name": "data", "emptyDir": {"sizeLimit": "1Gi"}})
    if workload.on_node:
        made.append({"name": "host", "hostPath": {"path": "/", "type": ""}})
    made += vaults.volumes(place, own)
    return [each for each in made if each is not None]


def _mounts(place: Place, workload: Workload) -> list[dict[str, Any]]:
    own = workload.component
    made: list[dict[str, Any]] = []
    if files.volume(place, own) is not None:
        made.append({"name": "files", "mountPath": FILES, "readOnly": True})
    made += [{"name": "tmp", "mountPath": "/tmp"}, {"name": "data", "mountPath": DATA}]  # noqa: S108 - a volume
    if workload.on_node:
        made.append(
            {"name": "host", "mountPath": HOST, "readOnly": True, "mountPropagation": "HostToContainer"}
        )
    made += vaults.mounts(place, own)
    return made


def _environment(place: Place, own: Component) -> list[dict[str, Any]]:
    secret = dict.fromkeys(files.secret_variables(place, own), f"{own.name}-env")
    secret |= vaults.variables(place, own)
    made: list[dict[str, Any]] = []
    for name, value in own.environment.items():
        if name in secret:
            made.append({"name": name, "valueFrom": {"secretKeyRef": {"name": secret[name], "key": name}}})
        else:
            made.append({"name": name, "value": place.text(own, value)})
    return made
