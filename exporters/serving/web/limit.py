"""The token bucket of `rate_limit`."""

from __future__ import annotations

from time import monotonic

from exporters.serving.web.config import RateLimit


class Limiter:
    """Lets `burst` requests in at once, and one more each `interval` seconds."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._tokens = float(limit.burst)
        self._filled = monotonic()

    def allow(self) -> bool:
        """Take a token, if there is one."""
        if not self._limit.interval:
            return True
        now = monotonic()
        gained = (now - self._filled) / self._limit.interval
        self._tokens = min(float(self._limit.burst), self._tokens + gained)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
