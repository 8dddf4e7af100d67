"""Renderings as files: path and content of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from deploy.targets.kubernetes.objects.canonical import documents
from deploy.targets.kubernetes.objects.files import SecretDraft
from deploy.targets.kubernetes.rendering.argocd import Repository, applications
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import Wish, render


def made(wish: Wish, clusters: Sequence[str]) -> list[tuple[str, str]]:
    """Every file of these clusters."""
    return list(of(render(wish, clusters)))


def of(renderings: Iterable[Rendering]) -> Iterator[tuple[str, str]]:
    """A file for each release, one that names the Secrets without their values, and in a cluster with an
    installed stack one with the fields that it gets.
    """
    for rendering in renderings:
        for release in rendering.releases:
            yield f"{rendering.cluster}/{release.name}.yaml", documents(release.manifests())
        if added := rendering.additions:
            yield f"{rendering.cluster}/adopted.yaml", documents(added)
        rows = [_draft(rendering, draft) for draft in rendering.secrets]
        yield f"{rendering.cluster}/secrets.txt", "".join(rows)


def for_argocd(
    wish: Wish,
    clusters: Sequence[str],
    definitions: Sequence[Mapping[str, Any]],
    repository: Repository,
) -> Iterator[tuple[str, str]]:
    """What Argo CD needs besides: the definitions of each cluster, and its Applications."""
    text = documents(definitions)
    for rendering in render(wish, clusters):
        if not rendering.additions:
            yield f"{rendering.cluster}/definitions.yaml", text
        yield f"argocd/{rendering.cluster}.yaml", documents(applications(rendering, repository))


def _draft(rendering: Rendering, draft: SecretDraft) -> str:
    """A Secret for a reader: `singlepane apply` makes it, from what the references name."""
    made_of = f" of {', '.join(draft.references)}" if draft.references else ""
    return f"{rendering.namespace}/{draft.name}: {', '.join(draft.keys())}{made_of}\n"
