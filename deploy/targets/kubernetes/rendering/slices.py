"""Work on hundreds of clusters by all cores, a few clusters at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from deploy.targets.kubernetes.rendering.render import Wish

# From how many clusters on starting processes is worth it, and how many each takes at a time.
MANY, SLICE = 40, 10

Done = TypeVar("Done")
Work = Callable[[Wish, Sequence[str]], Done]


def in_slices(wish: Wish, clusters: Sequence[str], work: Work[Done]) -> Iterator[Done]:
    """What `work` makes of each slice, in the order of the clusters. `work` and its result are handed to and
    from other processes.
    """
    if len(clusters) < MANY:
        yield work(wish, clusters)
        return
    slices = [clusters[index : index + SLICE] for index in range(0, len(clusters), SLICE)]
    # Forked, so that the wish is there already and need not be handed over.
    forking = multiprocessing.get_context("fork")
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=forking, initializer=_remember, initargs=(wish, work)) as pool:
        yield from pool.map(_slice, slices)


_REMEMBERED: list[tuple[Wish, Work[Any]]] = []


def _remember(wish: Wish, work: Work[Any]) -> None:
    _REMEMBERED[:] = [(wish, work)]


def _slice(clusters: Sequence[str]) -> Any:
    [(wish, work)] = _REMEMBERED
    return work(wish, clusters)
