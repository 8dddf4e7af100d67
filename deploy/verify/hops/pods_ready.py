"""In clusters, before all others: every pod of the cluster is ready."""

from __future__ import annotations

import asyncio

from deploy.targets.way import Looked
from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.words import counted
from estate.errors import ClusterError
from estate.running import Running


async def prove(ground: Ground, replica: Replica) -> str:
    """Look at the pods anew each time."""
    rows = (await looked(ground, replica.cluster)).components
    for row in rows:
        if row.state != "ready":
            raise Broken(
                f"{row.name} is {row.state}: {row.last_error}",
                _remedy(row),
                final=row.state == "failed",
            )
    return f"{counted(len(rows), 'component')} ready"


async def looked(ground: Ground, cluster: str) -> Looked:
    """A cluster as it is now. Raises Broken where its API server does not say."""
    if ground.way.look is None:
        return Looked(tuple(row for row in ground.deployment.components if row.cluster == cluster))
    try:
        return await asyncio.to_thread(ground.way.look, cluster)
    except ClusterError as error:
        raise Broken(error.message, error.remedy, final=True) from None


def _remedy(row: Running) -> str:
    if "Image" in row.last_error:
        return "See the image with `singlepane images`: it must be pulled from the nodes of this cluster."
    if row.state == "stopped":
        return "Run `singlepane up` again, which makes it; `singlepane status` shows what is there."
    return f"See why with `singlepane logs {row.name}`, and with `singlepane status` what is there."


HOP = Hop(
    name="pods-ready",
    proves="Every component of the cluster has its pods, and they are ready.",
    scope="cluster",
    patience=60,
    prove=prove,
    target="kubernetes",
)
