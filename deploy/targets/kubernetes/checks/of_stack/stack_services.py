"""Services of an installed stack that would lead to the sidecar which it gets.

Source: prometheus-community/helm-charts, values.yaml, `prometheus.thanosServiceExternal`: of type
LoadBalancer unless said, without an annotation that keeps it inside.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Installed, Object, Rendered
from estate.problems import Problem

GRPC = 10901
INSIDE = "service.beta.kubernetes.io/azure-load-balancer-internal"


def stack_services(rendered: Rendered, found: Installed) -> Iterator[Problem]:
    """None of them is open to the outside."""
    for each in found.services:
        labels, spec = each["metadata"].get("labels") or {}, each["spec"]
        ours = labels.get("app.kubernetes.io/part-of") == "singlepane"
        ports = [port["port"] for port in spec.get("ports") or ()]
        if ours or GRPC not in ports or not _open(each):
            continue
        name = each["metadata"]["name"]
        message = f"{spec['type']} {name} leads to the sidecar: whoever reaches it reads all metrics"
        fix = "set prometheus.thanosServiceExternal.enabled to false, or keep it inside by an annotation"
        yield Problem("stack-service-open", rendered.path("kubernetes", "existing"), message, fix)


def _open(service: Object) -> bool:
    annotations = service["metadata"].get("annotations") or {}
    kind = service["spec"].get("type")
    return kind == "NodePort" or (kind == "LoadBalancer" and annotations.get(INSIDE) != "true")
