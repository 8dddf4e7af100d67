"""What prometheus-operator does not do, and why.

Source: measured with prometheus-operator 0.93.1: as long as its condition Reconciled is False, as without the
storage class, no change of that object gets any further, whatever it is about.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered, named
from estate.problems import Problem


def reconciled(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """The operator has made of each object that is there what it asks for."""
    ours = {named(each) for each in rendered.of("Prometheus", "Alertmanager")}
    for each in facts.live:
        rows = {row["type"]: row for row in (each.get("status") or {}).get("conditions") or ()}
        row = rows.get("Reconciled", {})
        if named(each) in ours and row.get("status") == "False":
            said = row.get("message", "")
            message = f"the operator makes no change of {named(each)}, whatever it is about: {said}"
            yield Problem("not-reconciled", rendered.path("prometheus"), message, "mend what it names first")
