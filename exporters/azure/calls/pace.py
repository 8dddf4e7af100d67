"""How fast Azure may be called: token buckets below Azure's own limits, and the waits that its replies ask
for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import monotonic

# Nothing waits longer than this for a header that may be wrong.
LONGEST_WAIT_SECONDS = 3600.0
_RESETS_AFTER = re.compile(r"(\d+):(\d{2}):(\d{2})(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket's size and refill per second."""

    capacity: float
    per_second: float

    def shared(self, parts: int) -> Rate:
        """One of so many equal parts; a call must always be possible."""
        return Rate(max(1.0, self.capacity / parts), self.per_second / parts)


# Azure's: 250 reads at once and 25 a second per subscription and principal, over all APIs of ARM
# (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling), 400
# metric definitions in 5 minutes, 15 Resource Graph queries in 5 seconds per principal. The batch API
# publishes none: 360,000 an hour is repeated by others. Ours leave room for whoever else calls, also where
# all APIs of ARM are called at once.
RATES: Mapping[str, Rate] = {
    "subscriptions": Rate(10, 1),
    "resources": Rate(50, 4),
    "definitions": Rate(100, 0.8),
    "graph": Rate(4, 2),
    "batch": Rate(200, 50),
    "metrics": Rate(60, 10),
    "metrics-subscription": Rate(20, 4),
}
# Azure counts these per principal, whatever the subscription.
PER_PRINCIPAL = frozenset({"subscriptions", "definitions", "graph"})
# So many calls of a subscription may start at once in a cycle; more are spread, so many a second.
AT_ONCE = 25
SPREAD_PER_SECOND = 40.0
_REMAINING = re.compile(
    r"x-ms-user-quota-remaining|x-ms-ratelimit-remaining-(tenant|subscription)-(global-)?(reads|resource-requests)"
)


class Bucket:
    """A token bucket for one API, tenant and subscription. A pause holds all of its calls back and no
    others'.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._level = rate.capacity
        self._filled = clock()
        self._paused_until = 0.0

    @property
    def level(self) -> float:
        """Calls that could start now, as a share of the capacity; 0 while paused or in debt."""
        self._fill()
        if self._clock() < self._paused_until:
            return 0.0
        return max(0.0, self._level) / self._rate.capacity

    def take(self) -> float:
        """Take a token and say how many seconds to wait before the call may start.

        A token taken in debt counts at once, so callers that wait together start one after the other.
        """
        self._fill()
        self._level -= 1
        debt = max(0.0, -self._level / self._rate.per_second)
        return max(debt, self.paused())

    def give_back(self) -> None:
        """The call was not made."""
        self._level = min(self._rate.capacity, self._level + 1)

    def pause(self, seconds: float) -> None:
        """Azure asked to wait: nothing in this bucket starts before that."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def lower(self, remaining: int | None) -> None:
        """Azure says how many calls it would take now: someone else spends from the same limit."""
        if remaining is not None:
            self._fill()
            self._level = min(self._level, float(remaining))

    def paused(self) -> float:
        """Seconds of pause that are left."""
        return max(0.0, self._paused_until - self._clock())

    def _fill(self) -> None:
        now = self._clock()
        self._level = min(self._rate.capacity, self._level + (now - self._filled) * self._rate.per_second)
        self._filled = now


def wait_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """The longest wait that a reply's headers ask for, or None when they ask for none that can be read.

    `Retry-After` and every header that ends so (Cost Management has its own) hold seconds, a fraction of
    them, or an HTTP date; Resource Graph says `x-ms-user-quota-resets-after: 00:00:05`. `now` is Unix
    seconds.
    """
    waits = [
        wait
        for name, value in headers.items()
        if name.lower().endswith("retry-after") and (wait := _retry_after(value.strip(), now)) is not None
    ]
    if not waits:
        resets = next(
            (value for name, value in headers.items() if name.lower() == "x-ms-user-quota-resets-after"), ""
        )
        match = _RESETS_AFTER.fullmatch(resets.strip())
        if match is None:
            return None
        hours, minutes, seconds = map(int, match.groups())
        waits.append(hours * 3600.0 + minutes * 60 + seconds)
    return min(LONGEST_WAIT_SECONDS, max(waits))


def _retry_after(value: str, now: float) -> float | None:
    try:
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def remaining(headers: Mapping[str, str]) -> int | None:
    """The lowest number of calls that a reply's headers leave, or None when they say nothing."""
    left = [
        int(value)
        for name, value in headers.items()
        if _REMAINING.fullmatch(name.lower()) and re.fullmatch(r"[0-9]{1,9}", value.strip())
    ]
    return min(left, default=None)


def spread(calls: int, interval: float) -> float:
    """Seconds over which the calls of a cycle start: never more than half of the interval."""
    return min(max(0, calls - AT_ONCE) / SPREAD_PER_SECOND, interval / 2)
