"""Eleventh hop: the heartbeats of the cluster keep coming."""

from __future__ import annotations

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.hops.alert_at_receiver import received_here
from deploy.verify.replica import Replica
from estate.quantities import seconds

BEATS_MISSED = 3
# Alertmanager groups before it sends, and Prometheus evaluates at an interval of its own.
GROUP_SECONDS = 30.0


def age_limit(every: str) -> float:
    """Seconds after which a heartbeat sent `every` so often counts as missing."""
    return BEATS_MISSED * seconds(every) + GROUP_SECONDS


def applies(ground: Ground, replica: Replica) -> bool:
    """Only where the singlepane server receives them: what is sent elsewhere is watched there."""
    return received_here(ground)


async def prove(ground: Ground, replica: Replica) -> str:
    """The last beat is younger than three of its intervals."""
    limit = age_limit(ground.estate.alerts.heartbeat.every)
    beats = (await ground.get("server", "/api/v1/heartbeats")).json()["heartbeats"]
    ages = [
        beat["age_seconds"]
        for beat in beats
        if beat["cluster"] == replica.cluster and beat["age_seconds"] is not None
    ]
    if not ages:
        raise Broken(
            f"the server has had no heartbeat of {replica.cluster}",
            "See with `singlepane logs alertmanager` where it sends the Watchdog.",
        )
    if min(ages) > limit:
        raise Broken(
            f"the last heartbeat of {replica.cluster} is {min(ages):.0f} s old, more than {limit:.0f} s",
            "See with `singlepane logs alertmanager` whether it still delivers to the server.",
        )
    return f"last beat {min(ages):.0f} s ago"


HOP = Hop(
    name="heartbeat",
    proves="The last heartbeat of the cluster is younger than three of its intervals.",
    scope="cluster",
    patience=None,
    prove=prove,
    applies=applies,
)
