"""The pods that objects will have, also those that prometheus-operator makes of its own kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Object

# What prometheus-operator 0.93 gives each of its containers, and asks for its config reloader
# (pkg/prometheus/server/statefulset.go, pkg/operator/config_reloader.go).
OPERATOR_SECURITY: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
RELOADER = {"requests": {"cpu": "10m", "memory": "50Mi"}, "limits": {"cpu": "10m", "memory": "50Mi"}}


@dataclass(frozen=True, slots=True)
class Pods:
    """Equal pods of one owner. `count` is None where there is one on each node.

    `selector` are labels that they alone have; `claims` are names of their volume claims with their specs.
    """

    owner: Object
    count: int | None
    spec: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    selector: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def containers(self) -> Iterator[Mapping[str, Any]]:
        """All containers, those that run first included."""
        yield from self.spec.get("initContainers") or ()
        yield from self.spec["containers"]


def pods(objects: Iterable[Object]) -> tuple[Pods, ...]:
    """The pods of all objects, in their order."""
    return tuple(found for each in objects if (found := _of(each)) is not None)


def _of(each: Object) -> Pods | None:
    match each["kind"]:
        case "Deployment" | "StatefulSet" | "DaemonSet" | "Job":
            return _workload(each)
        case "Prometheus":
            return _prometheus(each)
        case "Alertmanager":
            spec = each["spec"]
            name = each["metadata"]["name"]
            made = _operated(spec, [_container("alertmanager", spec), _reloader()])
            selector = {"alertmanager": name}
            count = spec.get("replicas", 1)
            return Pods(
                each, count, made, _labels(spec), selector, _claims("alertmanager", name, spec, count)
            )
    return None


def _workload(each: Object) -> Pods:
    spec = each["spec"]
    template = spec["template"]
    count = None if each["kind"] == "DaemonSet" else spec.get("replicas", 1)
    claims = [
        (f"{claim['metadata']['name']}-{each['metadata']['name']}-{number}", claim["spec"])
        for claim in spec.get("volumeClaimTemplates") or ()
        for number in range(count or 0)
    ]
    labels = (template.get("metadata") or {}).get("labels") or {}
    selector = (spec.get("selector") or {}).get("matchLabels") or {}
    return Pods(each, count, template["spec"], labels, selector, tuple(claims))


def _prometheus(each: Object) -> Pods:
    spec, name = each["spec"], each["metadata"]["name"]
    containers = [_container("prometheus", spec), _reloader()]
    if "thanos" in spec:
        containers.append(_container("thanos-sidecar", spec["thanos"]))
    count = spec.get("replicas", 1)
    claims = _claims("prometheus", name, spec, count)
    selector = {"operator.prometheus.io/name": name}
    return Pods(each, count, _operated(spec, containers), _labels(spec), selector, claims)


def _operated(spec: Mapping[str, Any], containers: list[dict[str, Any]]) -> dict[str, Any]:
    kept = ("hostNetwork", "nodeSelector", "tolerations", "serviceAccountName", "securityContext")
    return {**{key: spec[key] for key in kept if key in spec}, "containers": containers}


def _container(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    resources = spec.get("resources") or {}
    return {
        "name": name,
        "image": spec.get("image", ""),
        "resources": resources,
        "securityContext": OPERATOR_SECURITY,
    }


def _reloader() -> dict[str, Any]:
    return {"name": "config-reloader", "resources": RELOADER, "securityContext": OPERATOR_SECURITY}


def _labels(spec: Mapping[str, Any]) -> Mapping[str, str]:
    return (spec.get("podMetadata") or {}).get("labels") or {}


def _claims(
    kind: str, name: str, spec: Mapping[str, Any], count: int
) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    template = (spec.get("storage") or {}).get("volumeClaimTemplate")
    if template is None:
        return ()
    own = (template.get("metadata") or {}).get("name") or f"{kind}-{name}-db"
    return tuple((f"{own}-{kind}-{name}-{number}", template["spec"]) for number in range(count))
