"""The version of the API server.

Source: checks/matrix.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered
from deploy.targets.kubernetes.checks.matrix import KUBERNETES_LEAST
from deploy.targets.kubernetes.checks.numbers import minor
from estate.problems import Problem


def server_versions(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """It takes what runs in the cluster, and is what the estate says."""
    found, path = minor(facts.version), rendered.path("version")
    if found is None:
        return
    if found < KUBERNETES_LEAST:
        least = ".".join(map(str, KUBERNETES_LEAST))
        message = (
            f"the API server is {facts.version}; prometheus-operator and its custom resources need {least}"
        )
        yield Problem("server-version", path, message, "upgrade the cluster first")
    elif found != minor(rendered.row.version):
        message = f"the API server is {facts.version}, and the estate says {rendered.row.version}"
        yield Problem("server-version-differs", path, message, f'write "{found[0]}.{found[1]}"')
