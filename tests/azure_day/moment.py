"""An event loop whose clock moves only when nothing is left to do, and then straight to the next thing."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any, TypeVar
from unittest.mock import patch

import structlog

from exporters.azure.calls.clock import Clock

START = 1_800_000_000.0
Result = TypeVar("Result")


class Moment:
    """The present: `steady` begins at 0, `wall` at START (Unix seconds)."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def steady(self) -> float:
        """Seconds since the beginning."""
        return self._seconds

    def wall(self) -> float:
        """Unix seconds."""
        return START + self._seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._seconds += seconds

    @property
    def clock(self) -> Clock:
        """The same for the exporter."""
        return Clock(self.wall, self.steady)


class _Waiting(selectors.SelectSelector):
    """Waits in simulated time: there is no other thread and no socket that anything could come from."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self._moment = moment

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("everything waits and nothing will ever happen")
        self._moment.advance(max(0.0, timeout))
        return []


class Loop(asyncio.SelectorEventLoop):
    """Runs on a moment; what would go to a thread runs at once. `broken` are exceptions that nobody took."""

    def __init__(self, moment: Moment) -> None:
        super().__init__(_Waiting(moment))
        self._moment = moment
        self.broken: list[str] = []
        self.set_exception_handler(lambda _, context: self.broken.append(repr(context)))

    def time(self) -> float:
        return self._moment.steady()

    def run_in_executor(  # type: ignore[override]  # a future that is done already serves as well
        self, executor: object, func: Callable[..., Result], *args: Any
    ) -> asyncio.Future[Result]:
        future: asyncio.Future[Result] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def live(life: Callable[[Moment], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine in simulated time, from START on. Raises AssertionError where a task broke and nobody
    looked.
    """
    moment = Moment()
    loop: list[Loop] = []

    def factory() -> Loop:
        loop.append(Loop(moment))
        return loop[0]

    with ExitStack() as patches:
        # An estate sets up logging for itself.
        patches.callback(structlog.reset_defaults)
        # The cycle takes the machine's time for its own figures.
        patches.enter_context(patch("exporters.running.cycle.time", moment.wall))
        patches.enter_context(patch("exporters.running.cycle.monotonic", moment.steady))
        with asyncio.Runner(loop_factory=factory) as runner:
            result = runner.run(life(moment))
    assert loop[0].broken == []
    return result
