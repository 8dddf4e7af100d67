"""A hop: one thing that must hold for data to get from one place to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from deploy.verify.ground import Ground
from deploy.verify.replica import Replica


class Pending(str):
    """What a hop saw that is right and not complete: the rest is not due yet. It says when it is."""

    __slots__ = ()


def always(ground: Ground, replica: Replica) -> bool:
    """The hop is part of every chain."""
    return True


@dataclass(frozen=True, slots=True)
class Hop:
    """`prove` returns what it saw, in a sentence, or raises Broken.

    `scope`: a hop of scope `cluster` is proven once for all replicas of a cluster. `patience` is for how many
    seconds it is tried again; None means until the verification's own time is up, where data needs time.
    `target` is the only target that has it, or empty for all.
    """

    name: str
    proves: str
    scope: Literal["cluster", "replica"]
    patience: float | None
    prove: Callable[[Ground, Replica], Awaitable[str]]
    applies: Callable[[Ground, Replica], bool] = always
    target: str = ""
