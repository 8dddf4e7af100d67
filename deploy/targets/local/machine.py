"""The states of one component, and the only ways from one to another.

    waiting ──> starting ──> ready
       ^  └─────┐  │  ^        │
       │        v  v  └────────┤ (answers, but is not ready)
       └────── backoff <───────┘ (ended or hung)
                  │
                  └──> failed        from everywhere: stopped

`backoff` and `failed` are told with the reason; the way back from `failed` and `stopped` is an order to
start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from estate.running import State

WAYS: Mapping[State, frozenset[State]] = {
    "waiting": frozenset({"waiting", "starting", "backoff", "stopped"}),
    "starting": frozenset({"starting", "ready", "backoff", "stopped"}),
    "ready": frozenset({"starting", "backoff", "stopped"}),
    "backoff": frozenset({"waiting", "failed", "stopped"}),
    "failed": frozenset({"waiting", "stopped"}),
    "stopped": frozenset({"waiting", "stopped"}),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a component stands. `since` is when it came into its state, in Unix seconds.

    `restarts` counts starts after a failure; an ordered restart is none. `last_error` is why it is not ready;
    of a ready one, why it last fell (`fall`).
    """

    state: State
    since: float
    pid: int | None = None
    restarts: int = 0
    last_error: str = ""
    fall: str = ""

    def waiting(self, now: float, why: str = "") -> Standing:
        """It waits for what it needs; `why` says for what."""
        return self._to("waiting", now, pid=None, last_error=why or self.fall)

    def starting(self, now: float, pid: int, why: str = "") -> Standing:
        """Its process runs and is not ready, or not any more; `why` is what its probe says."""
        return self._to("starting", now, pid=pid, last_error=why or self.fall)

    def ready(self, now: float) -> Standing:
        """Its probe answers."""
        return self._to("ready", now, last_error=self.fall)

    def fell(self, now: float, why: str) -> Standing:
        """Its process ended, hung or could not be started, and starts again soon."""
        return self._to("backoff", now, pid=None, last_error=why, fall=why, restarts=self.restarts + 1)

    def failed(self, now: float, why: str) -> Standing:
        """It fell too often, and is left alone."""
        return self._to("failed", now, pid=None, last_error=why)

    def stopped(self, now: float) -> Standing:
        """It was ordered to stop."""
        return self._to("stopped", now, pid=None, last_error="", fall="")

    def _to(self, state: State, now: float, **changes: object) -> Standing:
        if state not in WAYS[self.state]:
            raise ValueError(f"no way from {self.state} to {state}")
        since = self.since if state == self.state else now
        return replace(self, state=state, since=since, **changes)  # type: ignore[arg-type] # fields by name
