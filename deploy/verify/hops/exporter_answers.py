"""First hop: every exporter of the cluster answers its metrics page, and there are series on it."""

from __future__ import annotations

import asyncio

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.words import counted
from estate.model import component_names

# Half of Prometheus' default scrape timeout: what takes longer will fail scrapes sooner or later.
ANSWER_SECONDS = 5.0


def expected(ground: Ground, cluster: str) -> tuple[str, ...]:
    """Names of the cluster's exporters: those the estate names for it, and its node exporters."""
    named = (
        component
        for row, exporter in ground.estate.exporters.items()
        if cluster in (exporter.clusters or [ground.estate.hub])
        for component in component_names(row, exporter, cluster)
    )
    return tuple(
        dict.fromkeys((*named, *(each.name for each in ground.of_kind("node-exporter", cluster=cluster))))
    )


async def prove(ground: Ground, replica: Replica) -> str:
    """Ask all of them at once."""
    names = expected(ground, replica.cluster)
    counts = await asyncio.gather(*(_series(ground, name) for name in names))
    return f"{counted(len(names), 'exporter')}, {counted(sum(counts), 'series')}"


async def _series(ground: Ground, name: str) -> int:
    reply = await ground.get(name, "/metrics", seconds=ANSWER_SECONDS)
    count = sum(bool(line) and not line.startswith("#") for line in reply.text().splitlines())
    if not count:
        raise Broken(
            f"{name} answers, but there is no series on its metrics page",
            f"See with `singlepane logs {name}` whether its first fetch has succeeded.",
        )
    return count


HOP = Hop(
    name="exporter-answers",
    proves="Every exporter of the cluster answers /metrics with series.",
    scope="cluster",
    patience=20,
    prove=prove,
)
