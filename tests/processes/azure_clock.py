"""Time that passes faster, the same in all processes of a benchmark."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`speed` seconds pass in one second of the machine, since `since` (Unix seconds)."""

    since: float
    speed: float

    def now(self) -> float:
        """Unix seconds."""
        return self.since + (time.time() - self.since) * self.speed

    @property
    def words(self) -> tuple[str, str]:
        """For a command line."""
        return repr(self.since), repr(self.speed)
