"""The order of need: who starts before whom, and who stops before whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter


def by_need(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names so that each comes after all it needs.

    Raises ValueError for a need that nobody fills and graphlib.CycleError (a ValueError) for a circle.
    """
    for name, wanted in needs.items():
        for other in wanted:
            if other not in needs:
                raise ValueError(f"component {name} needs {other}, which is not part of the estate")
    return tuple(TopologicalSorter(needs).static_order())


def dependents(needs: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """For each name the names that need it, among those given."""
    return {name: tuple(other for other, wanted in needs.items() if name in wanted) for name in needs}
