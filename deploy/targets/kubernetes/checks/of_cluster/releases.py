"""Helm releases that wait.

Source: helm/helm#8987: a release that is pending refuses every change until it is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered
from estate.problems import Problem


def releases(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """No release of the namespace is in the middle of something, but those that an apply of ours left so."""
    for each in facts.releases:
        status = each["status"]
        if status.startswith("pending-") and each["estate"] != rendered.estate.name:
            message = f"release {each['name']} is {status}: Helm refuses to change it"
            namespace = rendered.row.kubernetes.namespace
            fix = f"once nobody works on it: helm rollback {each['name']} -n {namespace}"
            yield Problem("release-pending", rendered.path(), message, fix)
