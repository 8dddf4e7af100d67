"""Waves: each cluster belongs to one of them, and each wave and gate has a name of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from estate.model import Estate
from estate.problems import Problem


def rollout(estate: Estate) -> Iterator[Problem]:
    """A cluster in two waves would be changed twice, and a wave could not be named when it is stopped."""
    seen: dict[str, str] = {}
    for index, wave in enumerate(estate.rollout.waves):
        for place, cluster in enumerate(wave.clusters):
            if cluster is None or cluster not in seen:
                seen[cluster] = wave.name
                continue
            yield Problem(
                "wave-cluster-twice",
                ("rollout", "waves", index, "clusters", place),
                f"{cluster!r} is in wave {seen[cluster]!r} already",
                "leave it in one of them",
            )
    yield from _twice("waves", [wave.name for wave in estate.rollout.waves])
    yield from _twice("gates", [gate.name for gate in estate.rollout.gates])


def _twice(kind: str, names: Sequence[str | None]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            path = ("rollout", kind, index, "name")
            message = f"two {kind} are called {name!r}"
            yield Problem("rollout-name-twice", path, message, "rename one of them")
