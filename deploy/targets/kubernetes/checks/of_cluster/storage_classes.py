"""Storage classes of volume claims.

Source: measured with prometheus-operator 0.93.1: without the class, Reconciled is False and every other
change of that Prometheus waits, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered, named
from deploy.targets.kubernetes.checks.pods import pods
from estate.problems import Problem

DEFAULT = "storageclass.kubernetes.io/is-default-class"


def storage_classes(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """Every class that a claim names is there; where none is named, the cluster has a default."""
    if facts.storage_classes is None:
        return
    names = {each["metadata"]["name"] for each in facts.storage_classes}
    default = any(
        (each["metadata"].get("annotations") or {}).get(DEFAULT) == "true" for each in facts.storage_classes
    )
    path = rendered.path("kubernetes", "storage_class")
    there = f"there are {', '.join(sorted(names))}" if names else "there is none at all"
    said = set()
    for each in pods(rendered.objects):
        for _, spec in each.claims:
            wanted = spec.get("storageClassName")
            if wanted in said or wanted in names or (wanted is None and default):
                continue
            said.add(wanted)
            if wanted is None:
                message = f"{named(each.owner)} needs a volume, and the cluster has no default storage class"
            else:
                message = f"{named(each.owner)} needs storage class {wanted!r}, which is not there"
            yield Problem("storage-class-missing", path, message, there)
