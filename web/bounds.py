"""How much a stranger may hold of a server: connections, and seconds of each step of a request."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """Where a connection is. In all but `ANSWERING` the peer is to move, and the clock runs."""

    JOINING = "handshake"
    WAITING = "idle"
    HEAD = "head"
    BODY = "body"
    ANSWERING = "answering"
    READING = "reading"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class Bounds:
    """`connections` at once, and how many seconds each step may take, however much arrives meanwhile.

    A body has longer than an application itself should wait for one, so that it can still answer 408.
    `idle` is for a connection on which nothing is under way, be it new or answered.
    """

    connections: int = 512
    handshake: float = 10.0
    head: float = 10.0
    body: float = 15.0
    idle: float = 10.0
    reading: float = 30.0
    leaving: float = 5.0

    def seconds(self, step: Step) -> float:
        """The bound of a step; infinite where we are to move."""
        return {
            Step.JOINING: self.handshake,
            Step.WAITING: self.idle,
            Step.HEAD: self.head,
            Step.BODY: self.body,
            Step.ANSWERING: float("inf"),
            Step.READING: self.reading,
            Step.LEAVING: self.leaving,
        }[step]

    def most(self) -> int:
        """`connections`, or half of the descriptors that this process may have where that is less: the other
        half is for files, the database and connections of our own.
        """
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = self.connections if descriptors == resource.RLIM_INFINITY else descriptors // 2
        return max(1, min(self.connections, allowed))
