"""The clock of a cluster and that of the hub show one time.

A cluster that is ahead sends samples of the future, which nobody sees; one that is behind looks late for
ever, and its alerts are resolved too early. Certificates, tokens and heartbeats are judged by clocks, too.
"""

from __future__ import annotations

import time

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica

# Dates of HTTP are whole seconds, and a request over a forward may take some.
MOST_SECONDS = 10.0


async def prove(ground: Ground, replica: Replica) -> str:
    """By the dates of two answers, each taken to be of the moment in the middle of its request."""
    there = await _ahead(ground, replica.prometheus)
    try:
        here = await _ahead(ground, "query")
    except Broken:
        return "not compared: Query does not answer, which the next hop is about"
    ahead = there - here
    if abs(ahead) > MOST_SECONDS:
        word = "ahead of" if ahead > 0 else "behind"
        raise Broken(
            f"the clock of {replica.prometheus} is {abs(ahead):.0f} s {word} that of the hub",
            "Set the clocks right where the nodes run: `chronyc tracking` says how far each is off.",
        )
    return f"{abs(ahead):.0f} s apart"


async def _ahead(ground: Ground, component: str) -> float:
    """How far a component's clock is ahead of ours, in seconds."""
    started = time.time()
    reply = await ground.get(component, "/-/ready")
    return reply.at - (started + time.time()) / 2


def applies(ground: Ground, replica: Replica) -> bool:
    """The hub agrees with itself."""
    return replica.cluster != ground.estate.hub


HOP = Hop(
    name="clocks-agree",
    proves="The clocks of a cluster's Prometheus and of the hub are at most 10 s apart.",
    scope="replica",
    patience=20,
    prove=prove,
    applies=applies,
)
