"""How long the supervisor waits, how often it tries again, and when it gives up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, unless said otherwise.

    A component that fails starts again after `first_delay`, then twice as long for each further failure
    inside `window`, at most `longest_delay`, each shortened by up to a quarter so that components which fell
    together do not rise together. After `failures` of them inside `window` the supervisor gives up, and
    tries anew `again` later.

    A component that answers its probe, but not with 2xx, lives and says that it is not ready: it is shown as
    `starting` and left alone, since a restart does not bring back what it waits for. One that does not answer
    at all for `silent` hangs and is restarted. While `up` starts, one that is not ready after `start` has
    failed. `misses` probes in a row (a number) must fail before a ready component counts as not ready.

    What is not ready is asked every `poll_starting`, what is ready every `poll_ready`, and what has been
    ready for `settled` every `poll_settled`, as long as it answers; its end is known at once in any case.
    `look` is the time between two looks whether a component is to go on with its later arguments.
    """

    first_delay: float = 0.5
    longest_delay: float = 30.0
    failures: int = 5
    window: float = 120.0
    again: float = 300.0
    silent: float = 60.0
    start: float = 300.0
    probe: float = 2.0
    poll_starting: float = 0.2
    poll_ready: float = 3.0
    settled: float = 120.0
    poll_settled: float = 12.0
    misses: int = 3
    look: float = 15.0

    def pause(self, *, ready_for: float | None, misses: int) -> float:
        """Seconds until the next probe of a component that has been ready for so long; None: it is not."""
        if ready_for is None:
            return self.poll_starting
        return self.poll_settled if ready_for >= self.settled and not misses else self.poll_ready

    def recent(self, failures: Sequence[float], now: float) -> tuple[float, ...]:
        """The failures that still count at `now`; both on one monotonic clock."""
        return tuple(moment for moment in failures if now - moment < self.window)

    def exhausted(self, recent: Sequence[float]) -> bool:
        """Whether so many recent failures are too many."""
        return len(recent) >= self.failures

    def delay(self, recent: Sequence[float], chance: float) -> float:
        """Seconds until the next start; `chance` is a random number in [0, 1)."""
        longest = min(self.longest_delay, self.first_delay * 2 ** (len(recent) - 1))
        return float(longest * (1 - chance / 4))
