"""A sidecar that an installed stack has already.

Source: prometheus-community/helm-charts, values.yaml, `prometheus.prometheusSpec.thanos`;
https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management (who holds a field).
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Installed, Object, Rendered
from estate.problems import Problem
from estate.stacks import server_of

OURS = "singlepane"


def stack_sidecar(rendered: Rendered, found: Installed) -> Iterator[Problem]:
    """Nobody else has written a sidecar into its Prometheus: two buckets for one stream cannot be."""
    name = server_of(rendered.estate, rendered.cluster)
    each = found.prometheus(name)
    if each is None or not each["spec"].get("thanos"):
        return
    others = sorted(_holders(each) - {OURS})
    if others:
        message = f"Prometheus {name} has a Thanos sidecar already, held by {', '.join(others)}"
        fix = "take prometheus.prometheusSpec.thanos out of the values of the stack, and upgrade it"
        yield Problem("stack-sidecar", rendered.path("kubernetes", "existing"), message, fix)


def _holders(prometheus: Object) -> set[str]:
    """Managers of fields of the sidecar; those that apply and those that update alike."""
    rows = prometheus["metadata"].get("managedFields") or ()
    return {row["manager"] for row in rows if "f:thanos" in ((row.get("fieldsV1") or {}).get("f:spec") or {})}
