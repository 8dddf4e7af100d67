"""In clusters: pods that sign in to Azure by workload identity have a token for it."""

from __future__ import annotations

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.hops.pods_ready import looked
from deploy.verify.replica import Replica


async def prove(ground: Ground, replica: Replica) -> str:
    """The webhook gives a pod its token when the pod is made, and never later."""
    found = await looked(ground, replica.cluster)
    if found.tokenless:
        name = found.tokenless[0]
        raise Broken(
            f"{', '.join(found.tokenless)}: the pod has no token of a workload identity",
            "Is the webhook there (`az aks update --enable-workload-identity`)? A pod that was made before "
            f"it must be made anew: `singlepane restart {name}`.",
            final=True,
        )
    return "every pod that signs in to Azure has its token"


HOP = Hop(
    name="identity-issued",
    proves="Pods that sign in to Azure by workload identity have the token that the webhook projects.",
    scope="cluster",
    patience=20,
    prove=prove,
    target="kubernetes",
)
