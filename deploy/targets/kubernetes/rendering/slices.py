"""Work on hundreds of clusters by all cores, a few clusters at a time."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

# From how many clusters on starting processes is worth it, and how many each takes at a time.
MANY, SLICE = 40, 25

Given = TypeVar("Given")
Done = TypeVar("Done")
Work = Callable[[Given, Sequence[str]], Done]


def in_slices(given: Given, clusters: Sequence[str], work: Work[Given, Done]) -> Iterator[Done]:
    """What `work` makes of each slice, in the order of the clusters. Processes start at the call, threads of
    the caller afterwards; results are handed from one to the other, `given` and `work` are not.
    """
    if len(clusters) < MANY:
        return map(work, [given], [clusters])
    slices = [clusters[index : index + SLICE] for index in range(0, len(clusters), SLICE)]
    # Forked, so that what is given is there already; and shared, since no process looks for cycles in it.
    gc.freeze()
    forking = multiprocessing.get_context("fork")
    cores = os.cpu_count() or 1
    pool = ProcessPoolExecutor(cores, mp_context=forking, initializer=_remember, initargs=(given, work))
    return _ended(pool, pool.map(_slice, slices))


def _ended(pool: ProcessPoolExecutor, found: Iterator[Done]) -> Iterator[Done]:
    try:
        yield from found
    finally:
        pool.shutdown(cancel_futures=True)


_REMEMBERED: list[tuple[Any, Work[Any, Any]]] = []


def _remember(given: Any, work: Work[Any, Any]) -> None:
    # An interrupt is for the parent, which then asks for no further slice.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _REMEMBERED[:] = [(given, work)]


def _slice(clusters: Sequence[str]) -> Any:
    [(given, work)] = _REMEMBERED
    return work(given, clusters)
