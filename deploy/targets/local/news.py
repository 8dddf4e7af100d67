"""News: wakes whoever waits for something to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class News:
    """One event loop tells and waits.

    `version` grows with every change, so that none is missed between two waits.
    """

    def __init__(self) -> None:
        self.version = 0
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Something changed."""
        self.version += 1
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Until the condition holds; asked now and after each change."""
        while not condition():
            await self._next.wait()

    async def after(self, version: int) -> None:
        """Until something changed since `version`."""
        await self.until(lambda: self.version != version)
