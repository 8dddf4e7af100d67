"""The way from whoever asks to what runs, where targets differ: what to do, what was logged, why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from estate.errors import SinglepaneError
from estate.running import Deployment, Running


@dataclass(frozen=True, slots=True)
class Looked:
    """The components of a cluster at one moment.

    `tokenless` are those that sign in to Azure by their own identity, and have no token for it.
    """

    components: tuple[Running, ...]
    tokenless: tuple[str, ...] = ()


def _nothing(address: str) -> SinglepaneError | None:
    return None


@dataclass(frozen=True, slots=True)
class Way:
    """`advised` makes a sentence out of one that speaks of `singlepane logs X` and its like; `log` gives the
    end of a component's log, or nothing.

    `trouble` says why a local address does not answer, where the way to it is to blame. `look` looks at a
    cluster anew; both may take seconds, as `log` may.
    """

    advised: Callable[[Deployment, str], str]
    log: Callable[[Deployment, str], str]
    trouble: Callable[[str], SinglepaneError | None] = _nothing
    look: Callable[[str], Looked] | None = None
