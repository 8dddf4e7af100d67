"""External labels as prometheus-operator will set them.

Source: https://thanos.io/tip/components/sidecar.md/ (unique external labels),
prometheus-operator/prometheus-operator#5908 (labels that collide), thanos-io/thanos#5908 (identity labels).
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Object, Rendered, named
from estate.problems import Problem


def stream_labels(rendered: Rendered) -> Iterator[Problem]:
    """Every server has labels of its own, and what tells replicas apart is what Query removes."""
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for each in rendered.of("Prometheus"):
        labels, added = dict(each["spec"].get("externalLabels") or {}), _added(each)
        problem = _wrong(rendered, labels, added, each["spec"].get("replicas", 1))
        # The operator's own label holds the name of the object.
        own = {added["prometheus"]: named(each)} if "prometheus" in added else {}
        identity = tuple(sorted({**labels, **own}.items()))
        other = seen.setdefault(identity, named(each))
        if not problem and other != named(each):
            problem = f"has the labels of {other}"
        if problem:
            fix = "every stream needs labels of its own, and the replica label that Query removes"
            yield Problem("stream-labels", rendered.path("labels"), f"{named(each)} {problem}", fix)


def _added(prometheus: Object) -> dict[str, str]:
    """Names of the labels that the operator adds, by what they hold."""
    spec = prometheus["spec"]
    names = {
        "prometheus": spec.get("prometheusExternalLabelName", "prometheus"),
        "replica": spec.get("replicaExternalLabelName", "prometheus_replica"),
    }
    return {what: name for what, name in names.items() if name}


def _wrong(rendered: Rendered, labels: dict[str, str], added: dict[str, str], replicas: int) -> str:
    wanted = rendered.estate.metrics.replica_label
    if labels.get("cluster") != rendered.cluster:
        return f"has not the external label cluster={rendered.cluster!r}"
    for name in added.values():
        if name in labels:
            return f"sets {name!r} by hand, which the operator sets too"
    if added.get("replica") != wanted and replicas > 1:
        return f"tells its replicas apart by {added.get('replica')!r}, and Query removes {wanted!r}"
    if added.get("prometheus") == wanted:
        return f"is told apart by {wanted!r}, which Query removes"
    return ""
