"""One answer for several who ask the same at about the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(slots=True)
class Shared(Generic[Value]):
    """The last answer. Whoever asks while one is fetched waits for it; a failure is nobody else's."""

    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _at: float = float("-inf")
    _value: list[Value] = field(default_factory=list)

    async def get(self, fetch: Callable[[], Awaitable[Value]], fresh: float) -> Value:
        """The answer, fetched anew when the last one is older than `fresh` seconds."""
        async with self._lock:
            if not self._value or time.monotonic() - self._at > fresh:
                value = await fetch()
                # From the moment it is there: what was fetched slowly would be old at once.
                self._value, self._at = [value], time.monotonic()
            return self._value[0]
