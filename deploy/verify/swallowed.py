"""What a Prometheus has of the exporters, and what Query gets of it through the sidecar: as many series.

Prometheus knows external labels only on the way out, where they replace what a series has of that name:
series that differ in it alone become one, and sums over them change without a word (thanos#1579).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deploy.verify.ground import Broken, Ground
from deploy.verify.replica import Replica
from deploy.verify.series import instant, through_query

# Both are asked for the same moment, in which no scrape is still being written down.
PAST_SECONDS = 10.0
# More of one exporter are not fetched through the sidecar: a verification must not become load of its own.
MOST_SERIES = 20_000


async def compared(ground: Ground, replica: Replica, exporters: Sequence[str], store: str) -> int:
    """The number of series that were compared; `store` is the address of the sidecar. Raises Broken that
    names the label which took the place of the series' own.
    """
    prometheus = replica.prometheus
    component = f'component=~"{"|".join(exporters)}"'
    now = await instant(ground, prometheus, "vector(time())")
    at = now[0].value - PAST_SECONDS
    before = await _counted(ground, prometheus, component, at)
    if not before:
        raise Broken(
            f"{prometheus} had no series of the exporters {PAST_SECONDS:.0f} s ago",
            "Wait for its first scrapes.",
        )
    for label in replica.labels:
        own = await _counted(ground, prometheus, f'{component},{label}!=""', at)
        for name, count in own.items():
            behind = await _behind(ground, replica, store, [name], at)
            raise Broken(
                f"of {before[name]} series of {name} in {prometheus} Query gets {behind.get(name, 0)} "
                f"through {replica.sidecar}: the external label {label} replaces their own on {count}",
                f"Rename the label: under clusters.{replica.cluster}.labels, or on the metric. "
                "`singlepane check` names both where it knows them.",
                final=True,
            )
    some = [name for name, count in before.items() if count <= MOST_SERIES]
    behind = await _behind(ground, replica, store, some, at)
    for name in some:
        if behind.get(name, 0) != before[name]:
            raise Broken(
                f"of {before[name]} series of {name} in {prometheus} Query gets {behind.get(name, 0)} "
                f"through {replica.sidecar}, and no external label says why",
                f"See with `singlepane logs {replica.sidecar}` whether it can read {prometheus}.",
            )
    return sum(before[name] for name in some)


async def _counted(ground: Ground, prometheus: str, matchers: str, at: float) -> dict[str, int]:
    """Series by component, as Prometheus itself has them."""
    found = await instant(ground, prometheus, f"count by (component) ({{{matchers}}})", {"time": f"{at:.3f}"})
    return {series.labels["component"]: int(series.value) for series in found}


async def _behind(
    ground: Ground, replica: Replica, store: str, names: Iterable[str], at: float
) -> dict[str, int]:
    """Series by component, as Query gets them through one sidecar."""
    matchers = f'{replica.matchers()},component=~"{"|".join(names)}"'
    found = await through_query(
        ground, f"count by (component) ({{{matchers}}})", dedup=False, stores=[store], at=at
    )
    return {series.labels["component"]: int(series.value) for series in found}
