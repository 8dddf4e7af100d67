"""Custom resource definitions that are there already.

Source: prometheus-community/helm-charts#1500, #5309: Helm leaves them as they are. prometheus-operator writes
its version into an annotation of each (`operator.prometheus.io/version`).
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered
from deploy.targets.kubernetes.checks.matrix import OURS
from deploy.targets.kubernetes.checks.numbers import minor
from estate.problems import Problem

GROUP = "monitoring.coreos.com"
ANNOTATION = "operator.prometheus.io/version"


def definitions(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """None is older than the operator that reads them. An installed stack has both of its own."""
    if rendered.row.kubernetes.existing is not None:
        return
    wanted = rendered.estate.images.versions.prometheus_operator or OURS["prometheus_operator"]
    older = {}
    for each in facts.crds:
        if each["spec"]["group"] == GROUP:
            has = (each["metadata"].get("annotations") or {}).get(ANNOTATION, "")
            if has and (minor(has) or (0, 0)) < (minor(wanted) or (0, 0)):
                older[each["metadata"]["name"]] = has
    if older:
        name, has = next(iter(older.items()))
        more = f" and {len(older) - 1} more" if len(older) > 1 else ""
        message = f"{name}{more} is of operator {has}, and {wanted} would read it"
        fix = f"`singlepane apply` brings those of {OURS['prometheus_operator']} before anything else"
        yield Problem("crd-older", rendered.path(), message, fix)
