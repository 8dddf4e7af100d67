"""Versions of Kubernetes.

Source: checks/matrix.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.matrix import KUBERNETES_LEAST
from deploy.targets.kubernetes.checks.numbers import minor
from estate.model import Estate
from estate.problems import Problem


def kubernetes_version(estate: Estate) -> Iterator[Problem]:
    """What runs in a cluster was made for its version."""
    for name, row in estate.clusters.items():
        found = minor(row.version)
        if found is not None and found < KUBERNETES_LEAST:
            least = ".".join(map(str, KUBERNETES_LEAST))
            message = (
                f"prometheus-operator and its custom resources need Kubernetes {least}, not {row.version}"
            )
            path = ("clusters", name, "version")
            yield Problem("kubernetes-version-old", path, message, "upgrade the cluster first")
