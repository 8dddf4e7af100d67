"""Who tells the server what runs, and how the page speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from estate.running import State


@dataclass(frozen=True, slots=True)
class Witness:
    """`unsaid` and `start`: nothing was ever told, and what to do. `gone`, `last`, `again`: it tells no more,
    what is shown then, and what to do. `unseen` is that as a reason of a cluster, short and whole.

    `notice` may name the process as `{pid}`. `states` completes "NAME …" for states that deserve
    a look; for another one the component's own error does.
    `verifies`: the server beside it can follow the data path; `unverified` says why not. `places`: it knows
    addresses and restarts.
    """

    unsaid: str
    start: str
    gone: str
    last: str
    again: str
    unseen: tuple[str, str]
    notice: str
    changed: str
    states: Mapping[State, str]
    verifies: bool = True
    unverified: str = ""
    places: bool = True


SUPERVISOR = Witness(
    unsaid="No supervisor has said what runs.",
    start="Start the estate with `singlepane up`.",
    gone="The supervisor is gone",
    last="What this page shows is the last it wrote",
    again="`singlepane up` starts it again.",
    unseen=("is no longer supervised", "The supervisor is gone; nothing restarts what dies."),
    notice="The supervisor (process {pid}) is gone. Components are shown as it last wrote them",
    changed="last change",
    states={
        "backoff": "died and starts again soon",
        "stopped": "is stopped",
        "waiting": "waits for what it needs",
        "starting": "is starting",
    },
)

QUERY = Witness(
    unsaid="Thanos Query has not said yet what runs.",
    start="See whether `query` has a ready pod in the hub.",
    gone="The global view does not answer",
    last="What this page shows is the last that Thanos Query said",
    again="See whether `query` has a ready pod in the hub.",
    unseen=("is out of sight", "Thanos Query does not answer, so nobody knows what runs."),
    notice="Thanos Query does not answer. Components are shown as it last told of them",
    changed="told",
    states={},
    verifies=False,
    unverified="This server sees the global view alone. `singlepane verify ESTATE --target kubernetes` "
    "follows the data through every cluster: run it where all of them are reached.",
    places=False,
)
