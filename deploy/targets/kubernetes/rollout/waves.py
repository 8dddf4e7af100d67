"""The order of a roll-out: the hub first, then the waves of the estate, then whoever is in none. Pure.

The hub goes first because its Query must understand what newer sidecars answer, not the other way round:
https://thanos.io/tip/components/query.md/, Thanos 0.36 changelog.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from estate.model import Estate

HUB = "hub"
REST = "rest"


@dataclass(frozen=True, slots=True)
class Group:
    """Clusters of one wave, changed one after the other."""

    name: str
    clusters: tuple[str, ...]


def waves(estate: Estate, wanted: Collection[str]) -> tuple[Group, ...]:
    """The waves that have any of the wanted clusters; a hub that is in a wave of the estate stays there."""
    rows = [Group(wave.name, tuple(wave.clusters)) for wave in estate.rollout.waves]
    named = {cluster for row in rows for cluster in row.clusters}
    if estate.hub not in named:
        rows.insert(0, Group(HUB, (estate.hub,)))
        named.add(estate.hub)
    rest = tuple(cluster for cluster in estate.clusters if cluster not in named)
    if rest:
        called = {row.name for row in rows}
        rows.append(Group(REST if REST not in called else "others", rest))
    cut = (Group(row.name, tuple(each for each in row.clusters if each in wanted)) for row in rows)
    return tuple(row for row in cut if row.clusters)
