"""Rendered files on disk: a folder that holds what was rendered last and nothing older."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from deploy.targets.kubernetes.objects.canonical import documents
from deploy.targets.kubernetes.objects.files import SecretDraft
from deploy.targets.kubernetes.rendering.argocd import Repository, applications
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import Wish, render
from estate.errors import UsageError

# Names the files that we wrote, so that only those are ever deleted.
INDEX = ".singlepane.json"
# From how many clusters on starting processes is worth it, and how many each takes at a time.
MANY, SLICE = 40, 10


def files(wish: Wish, clusters: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Path and content of every file of these clusters. Hundreds of clusters take all cores."""
    if len(clusters) < MANY:
        yield from of(render(wish, clusters))
        return
    cores = os.cpu_count() or 1
    slices = [clusters[index : index + SLICE] for index in range(0, len(clusters), SLICE)]
    # Forked, so that the wish is there already and need not be handed over.
    forking = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores, mp_context=forking, initializer=_remember, initargs=(wish,)) as pool:
        for made in pool.map(_slice, slices):
            yield from made


_REMEMBERED: list[Wish] = []


def _remember(wish: Wish) -> None:
    _REMEMBERED[:] = [wish]


def _slice(clusters: Sequence[str]) -> list[tuple[str, str]]:
    return list(of(render(_REMEMBERED[0], clusters)))


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


def write(folder: Path, made: Mapping[str, str]) -> tuple[int, int]:
    """Put the files there, and take away those that an earlier call wrote and this one does not.

    How many were changed and how many taken away. Raises UsageError for a folder that holds other things.
    """
    before = _before(folder)
    changed = 0
    for path, content in made.items():
        target = folder / path
        data = content.encode()
        if target.is_file() and target.read_bytes() == data:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(data)
        part.rename(target)
        changed += 1
    gone = [path for path in before if path not in made]
    for path in gone:
        (folder / path).unlink(missing_ok=True)
        parent = (folder / path).parent
        if parent != folder and parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
    (folder / INDEX).write_text(json.dumps({"files": sorted(made)}, indent=2) + "\n")
    return changed, len(gone)


def _before(folder: Path) -> list[str]:
    index = folder / INDEX
    if index.is_file():
        try:
            rows = json.loads(index.read_text())["files"]
        except (ValueError, KeyError, TypeError):
            raise UsageError(
                f"{index} is not as an earlier render wrote it: what is to be deleted is not known",
                "Name another folder, or delete this one.",
            ) from None
        # Never outside the folder, whatever somebody wrote into the index.
        return [path for path in rows if (folder / path).resolve().is_relative_to(folder.resolve())]
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} holds files that were not rendered here",
            "Name an empty folder, or one that an earlier render made.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    return []
