"""The same releases as Applications of Argo CD: one for each, in sync waves, out of rendered files in git.

Contract: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml,
https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.targets.kubernetes.objects.names import OURS
from deploy.targets.kubernetes.rendering.release import Rendering

# Definitions, then the operator and where secrets come from, then what it makes pods of, then all else.
WAVES = {"definitions": -2, "operator": -1, "secrets": -1, "certificate": -1, "metrics": 0}
REST = 1


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the rendered files are: `path` is their folder in the repository."""

    url: str
    revision: str = "HEAD"
    path: str = "."
    project: str = "default"
    namespace: str = "argocd"


def applications(rendering: Rendering, repository: Repository) -> Iterator[dict[str, Any]]:
    """The Applications of a cluster, which Argo CD knows by the cluster's name.

    An installed stack has definitions and operator of its own.
    """
    own = not rendering.additions
    if own:
        yield _application(rendering, repository, "definitions", WAVES["definitions"])
    for index, release in enumerate(rendering.releases):
        wave = WAVES["operator"] if own and index == 0 else WAVES.get(release.name, REST)
        yield _application(rendering, repository, release.name, wave)


def _application(rendering: Rendering, repository: Repository, name: str, wave: int) -> dict[str, Any]:
    folder = "/".join(
        part for part in (repository.path.strip("/"), rendering.cluster) if part not in ("", ".")
    )
    options = ["ServerSideApply=true"]
    if name != "definitions":
        options.append("CreateNamespace=true")
    # Pruned by hand: a Prometheus that goes takes up to three hours of samples with it.
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": f"{rendering.cluster}-{name}".removesuffix(f"-{rendering.cluster}"),
            "namespace": repository.namespace,
            "labels": dict(OURS),
            "annotations": {"argocd.argoproj.io/sync-wave": str(wave)},
        },
        "spec": {
            "project": repository.project,
            "source": {
                "repoURL": repository.url,
                "targetRevision": repository.revision,
                "path": folder,
                "directory": {"include": f"{name}.yaml"},
            },
            "destination": {"name": rendering.cluster, "namespace": rendering.namespace},
            "syncPolicy": {"automated": {"prune": False, "selfHeal": True}, "syncOptions": options},
        },
    }
