"""All that a running simulator remembers: the fleet, its clock, its limits, its faults and what was asked
of it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from simulators.azure.clock import Clock
from simulators.azure.faults import Faults
from simulators.azure.fleet import Bucket, Fleet, Principal, Window
from simulators.azure.intervals import instant
from simulators.azure.inventory import Inventory
from simulators.azure.pace import FixedWindow, TokenBucket, Verdict


class World:
    """One simulated Azure."""

    def __init__(self, fleet: Fleet, clock: Clock | None = None) -> None:
        self.fleet = fleet
        self.clock = clock or Clock()
        if fleet.clock.mode == "manual":
            self.clock.stand()
        if fleet.clock.now:
            self.clock.jump(instant(fleet.clock.now))
        self.inventory = Inventory(fleet, self.clock.now())
        self.principals: dict[str, Principal] = {
            one.client_id.lower(): one for one in fleet.effective_principals()
        }
        self.tenants = frozenset(one.lower() for one in fleet.tenants.values())
        self.faults = Faults(fleet.seed)
        self.faults.order(fleet.faults, self.clock.now())
        # Derived from the seed, so that a restart does not make issued tokens worthless: Entra's survive,
        # too.
        self.key = hashlib.sha256(f"singlepane azure simulator {fleet.seed}".encode()).digest()
        self.tokens_issued = 0
        # By tenant, in lower case; "" stands for all.
        self.revoked_before: dict[str, float] = {}
        self.calls: Counter[tuple[str, str, int]] = Counter()
        self.throttled: Counter[tuple[str, str]] = Counter()
        self._limits: dict[tuple[str, ...], TokenBucket | FixedWindow] = {}

    def revoke(self, tenant: str = "") -> None:
        """Make every token issued so far worthless, or those of one tenant."""
        self.revoked_before[tenant.lower()] = self.real_now()

    def revoked(self, tenant: str, issued: float) -> bool:
        """Whether a token of a tenant that was issued then is worthless by now."""
        return any(issued <= self.revoked_before.get(of, 0.0) for of in ("", tenant.lower()))

    def ingested(self) -> float:
        """The moment whose state the metrics show: now, unless an ordered delay holds them back."""
        now = self.clock.now()
        return now - 60 * self.faults.delay(now)

    def real_now(self) -> float:
        """The machine's own time."""
        return datetime.now(UTC).timestamp()

    def token_now(self) -> float:
        """The time by which tokens expire."""
        return self.clock.now() if self.fleet.tokens.clock == "simulated" else self.real_now()

    def bucket(self, size: Bucket, *key: str) -> Verdict:
        """A call against the token bucket of this key."""
        return self._take(key, lambda: TokenBucket(size.burst, size.per_second))

    def window(self, size: Window, *key: str) -> Verdict:
        """A call against the fixed window of this key."""
        return self._take(key, lambda: FixedWindow(size.calls, size.seconds))

    def _take(self, key: tuple[str, ...], make: Callable[[], TokenBucket | FixedWindow]) -> Verdict:
        limit = self._limits.get(key)
        if limit is None:
            limit = self._limits[key] = make()
        return limit.take(self.clock.now())
