"""The connections of a server, and which one must go when there is no place for the next."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from web.bounds import Bounds, Step

# Places that are made at once when descriptors have run out, and how often that or a full house is said.
_MAKE_ROOM = 16
_SAY_SECONDS = 60.0


class Member(Protocol):
    """A connection as the crowd sees it."""

    def step(self) -> Step:
        """Where it is now."""
        ...

    def leave(self, step: Step) -> None:
        """Close it, at once and for good; `step` is what took too long."""
        ...


class Crowd:
    """All connections of one server; used by its event loop alone, its figures by everybody.

    `shed` counts by reason: a step's name for what took too long, `room` for one that made place for
    another, `full` for one that found none, `descriptors` for each time that the system had none to give.
    `say` is told of the last three, each at most once a minute. `clock` gives monotonic seconds.
    """

    def __init__(
        self,
        bounds: Bounds,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bounds = bounds
        self.most = bounds.most()
        self.shed: Counter[str] = Counter()
        self._say = say
        self._clock = clock
        self._said: dict[str, float] = {}
        # Those whose peer is to move, the one that has been so for the longest first, with since when.
        self._theirs: dict[Member, tuple[Step, float]] = {}
        self._ours: set[Member] = set()

    def __len__(self) -> int:
        return len(self._theirs) + len(self._ours)

    @property
    def answered(self) -> int:
        """How many of them we are working for."""
        return len(self._ours)

    def room(self) -> bool:
        """Whether one more may come: beyond the bound, whoever has kept us waiting longest goes for it."""
        if len(self) < self.most:
            return True
        if self._evict():
            self.shed["room"] += 1
            self._once("room", f"{self.most} connections are open: those that wait longest make room")
            return True
        self.shed["full"] += 1
        self._once("full", f"{self.most} requests are being answered: new connections are closed")
        return False

    def exhausted(self, why: str) -> None:
        """The system had no descriptor for a new connection: those that wait longest give up theirs."""
        self.shed["descriptors"] += 1
        gone = sum(self._evict() for _ in range(_MAKE_ROOM))
        self._once("descriptors", f"no descriptor for a new connection ({why}): {gone} idle ones are closed")

    def moved(self, member: Member) -> None:
        """A connection came, or may have changed its step."""
        step = member.step()
        if step is Step.ANSWERING:
            self._theirs.pop(member, None)
            self._ours.add(member)
            return
        self._ours.discard(member)
        before = self._theirs.get(member)
        if before is None or before[0] is not step:
            self._theirs.pop(member, None)
            self._theirs[member] = (step, self._clock())

    def gone(self, member: Member) -> None:
        """A connection has ended."""
        self._theirs.pop(member, None)
        self._ours.discard(member)

    def sweep(self) -> None:
        """Close what takes too long; call it about once a second."""
        now = self._clock()
        for member in [*self._ours, *self._theirs]:
            self.moved(member)
        for member, (step, since) in list(self._theirs.items()):
            if now - since > self.bounds.seconds(step):
                self.shed[step.value] += 1
                self.gone(member)
                member.leave(step)

    def _evict(self) -> bool:
        member = next(iter(self._theirs), None)
        if member is None:
            return False
        step, _ = self._theirs.pop(member)
        member.leave(step)
        return True

    def _once(self, reason: str, text: str) -> None:
        now = self._clock()
        if now - self._said.get(reason, float("-inf")) >= _SAY_SECONDS:
            self._said[reason] = now
            self._say(text)
