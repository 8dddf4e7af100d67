"""The same work on each of many clusters: several at once, hundreds on all cores, with progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from deploy.targets.kubernetes.rendering.slices import MANY, in_slices
from singlepane import output

# Clusters that are asked at once by a process.
AT_ONCE = 8

Done = TypeVar("Done")
Work = Callable[[str], Done]


def of_each(clusters: Sequence[str], work: Work[Done], what: str = "clusters compared") -> list[Done]:
    """What `work` makes of each, in their order; at a terminal it is shown how far it is.

    Of many clusters results come from other processes: what `work` changes here is then not seen here.
    """
    done, total = list[Done](), len(clusters)
    rows = _processes(clusters, work) if total >= MANY else _threads(work, clusters)
    status = output.errors.status(f"0 of {total} {what}")
    # In a pipe nothing is shown before the result.
    if output.errors.is_terminal:
        status.start()
    try:
        for row in rows:
            done.append(row)
            status.update(f"{len(done)} of {total} {what}")
    finally:
        status.stop()
    return done


def _processes(clusters: Sequence[str], work: Work[Done]) -> Iterator[Done]:
    """Processes are there before the first row is asked for: they take no thread along."""
    slices = in_slices(work, clusters, lambda given, names: list(_threads(given, names)))
    return (row for rows in slices for row in rows)


def _threads(work: Work[Done], clusters: Sequence[str]) -> Iterator[Done]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(work, clusters)
