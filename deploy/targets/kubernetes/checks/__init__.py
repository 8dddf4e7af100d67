"""Checks before anything is touched: what the file tells, what the objects tell, what the cluster tells.

All are pure. A check yields problems, with the key of the estate that they are about; here they get their
places. docs/findings.md has a section on each code, docs/invariants.md says which invariant is held by which.
"""

from __future__ import annotations

from collections.abc import Iterable

from deploy.targets.kubernetes.checks import of_cluster, of_estate, of_objects, of_stack
from deploy.targets.kubernetes.checks.inputs import Facts, Installed, Object, Rendered
from estate.findings import Finding, in_order
from estate.load import Loaded

__all__ = [
    "Facts",
    "Installed",
    "Object",
    "Rendered",
    "findings",
    "live_findings",
    "rendered_findings",
    "stack_findings",
]


def findings(loaded: Loaded) -> tuple[Finding, ...]:
    """What an estate alone tells, beside its own findings."""
    return in_order(loaded.placed(row) for check in of_estate.CHECKS for row in check(loaded.estate))


def rendered_findings(loaded: Loaded, cluster: str, objects: Iterable[Object]) -> tuple[Finding, ...]:
    """What the objects of a cluster tell: complete ones, with apiVersion, kind and metadata."""
    rendered = Rendered(loaded.estate, cluster, tuple(objects))
    return in_order(loaded.placed(row) for check in of_objects.CHECKS for row in check(rendered))


def live_findings(
    loaded: Loaded, cluster: str, objects: Iterable[Object], facts: Facts
) -> tuple[Finding, ...]:
    """What the cluster as it is says to these objects."""
    rendered = Rendered(loaded.estate, cluster, tuple(objects))
    return in_order(loaded.placed(row) for check in of_cluster.CHECKS for row in check(rendered, facts))


def stack_findings(
    loaded: Loaded, cluster: str, objects: Iterable[Object], found: Installed
) -> tuple[Finding, ...]:
    """What an installed stack says to being part of the estate."""
    rendered = Rendered(loaded.estate, cluster, tuple(objects))
    return in_order(loaded.placed(row) for check in of_stack.CHECKS for row in check(rendered, found))
