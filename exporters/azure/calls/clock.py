"""The two clocks of the collector, as one value, so that a simulated day can pass in a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, time


@dataclass(frozen=True, slots=True)
class Clock:
    """`wall` is Unix seconds, for points; `steady` only ever grows, for intervals."""

    wall: Callable[[], float] = time
    steady: Callable[[], float] = monotonic


REAL = Clock()
