"""Azure's limits: token buckets and fixed windows, both in simulated time."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Whether a call may pass, how many more may at once, and when to try again (whole seconds, at least
    1).
    """

    passes: bool
    remaining: int
    retry_after: int = 0
    resets_after: float = 0


class TokenBucket:
    """`burst` calls at once, `per_second` more as time goes by."""

    def __init__(self, burst: float, per_second: float) -> None:
        self.burst = burst
        self.per_second = per_second
        self._level = burst
        self._at: float | None = None

    def take(self, now: float) -> Verdict:
        """One call at `now`. Time that goes backwards refills nothing."""
        if self._at is not None and now > self._at:
            self._level = min(self.burst, self._level + (now - self._at) * self.per_second)
        self._at = now
        if self._level >= 1:
            self._level -= 1
            return Verdict(True, int(self._level))
        return Verdict(False, 0, retry_after=max(1, math.ceil((1 - self._level) / self.per_second)))


class FixedWindow:
    """`calls` in `seconds`, counted from the first call of each window."""

    def __init__(self, calls: int, seconds: float) -> None:
        self.calls = calls
        self.seconds = seconds
        self._start: float | None = None
        self._used = 0

    def take(self, now: float) -> Verdict:
        """One call at `now`."""
        if self._start is None or not 0 <= now - self._start < self.seconds:
            self._start, self._used = now, 0
        left = self.seconds - (now - self._start)
        if self._used >= self.calls:
            return Verdict(False, 0, retry_after=max(1, math.ceil(left)), resets_after=left)
        self._used += 1
        return Verdict(True, self.calls - self._used, resets_after=left)
