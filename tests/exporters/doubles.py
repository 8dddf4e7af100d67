"""Small stand-ins for tests of the exporters."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from exporters.collector import Collection
from exporters.exposition.metrics import Family

DATA = Path(__file__).parents[1] / "data"


def recorded(api: str, name: str) -> dict[str, Any]:
    """A recorded exchange: `request`, `response` with `status`, `headers`, `body`
    (tests/data/azure/*/SOURCES.md).
    """
    found: dict[str, Any] = json.loads((DATA / "azure" / api / f"{name}.json").read_text())
    return found


def body(api: str, name: str) -> bytes:
    """The body of a recorded reply, as bytes on the wire."""
    return json.dumps(recorded(api, name)["response"]["body"]).encode()


class Scripted:
    """A collector that does what it is told: one step per cycle, the last one for ever."""

    name = "scripted"

    def __init__(
        self,
        *steps: Callable[[], Awaitable[Collection]],
        interval: float = 60.0,
        timeout: float = 5.0,
        own: Iterable[Family] = (),
        exporter: str = "row",
    ) -> None:
        self.exporter = exporter
        self.interval = interval
        self.timeout = timeout
        self.runs = 0
        self.closed = False
        self._steps = steps
        self._own = tuple(own)

    async def collect(self) -> Collection:
        step = self._steps[min(self.runs, len(self._steps) - 1)]
        self.runs += 1
        return await step()

    def own(self) -> Iterable[Family]:
        return self._own

    async def close(self) -> None:
        self.closed = True


def gives(*families: Family, problems: tuple[str, ...] = ()) -> Callable[[], Awaitable[Collection]]:
    """A step that brings families."""

    async def step() -> Collection:
        return Collection(families, problems)

    return step


def raises(error: BaseException) -> Callable[[], Awaitable[Collection]]:
    """A step that fails."""

    async def step() -> Collection:
        raise error

    return step


def hangs(*, deaf: bool = False) -> Callable[[], Awaitable[Collection]]:
    """A step that never ends; a deaf one does not listen to its cancellation either, for a while."""

    async def step() -> Collection:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not deaf:
                raise
            await asyncio.sleep(3)
        raise AssertionError("nobody waits for this")

    return step
