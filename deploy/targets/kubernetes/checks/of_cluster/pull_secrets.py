"""The image pull secret.

Source: https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered
from estate.problems import Problem

TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


def pull_secrets(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """It is in the namespace, and is one."""
    wanted = rendered.estate.images.pull_secret
    if wanted is None or facts.secrets is None:
        return
    found = next((each for each in facts.secrets if each["metadata"]["name"] == wanted), None)
    namespace = rendered.row.kubernetes.namespace
    path = ("images", "pull_secret")
    if found is None:
        message = f"namespace {namespace} of {rendered.cluster!r} has no Secret {wanted!r}"
        yield Problem("pull-secret-missing", path, message, "put it there before the first apply")
    elif found.get("type") not in TYPES:
        message = f"Secret {wanted!r} of {rendered.cluster!r} is of type {found.get('type')}"
        yield Problem("pull-secret-missing", path, message, f"make it one of type {TYPES[0]}")
