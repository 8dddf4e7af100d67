"""How builds of engines are shown, on stderr: live at a terminal, a line at least every 15 s in a pipe."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner

from deploy.engines.progress import Step
from singlepane import output


class Building:
    """A listener for `deploy.engines.ensure`; as a context, it lets SIGTERM end the builds as Ctrl-C does."""

    def __init__(self, every: float = 15.0) -> None:
        self._every = every
        self._lock = threading.Lock()
        self._begun: dict[Step, float] = {}
        self._counts: dict[Step, str] = {}
        self._ended = threading.Event()
        self._live = Live(
            get_renderable=self._picture, console=output.errors, transient=True, refresh_per_second=8
        )
        self._lines = threading.Thread(target=self._speak, name="building", daemon=True)
        self._before: Callable[[int, FrameType | None], Any] | int | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, _interrupt)
        if output.errors.is_terminal:
            self._live.start()
        else:
            self._lines.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._live.is_started:
            self._live.stop()
        else:
            self._lines.join()
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)
        if kind is KeyboardInterrupt and self._counts:
            output.message("interrupted: nothing half built is left, and the next run goes on from here")

    def started(self, step: Step) -> None:
        """Show that it began."""
        with self._lock:
            self._begun[step] = time.monotonic()
            self._counts[step] = ""
        if not self._live.is_started:
            output.message(f"{step} …")

    def advanced(self, step: Step, count: int, total: int) -> None:
        """Keep the count for the next time something is shown."""
        of = f" of {total}" if total else ""
        with self._lock:
            self._counts[step] = f", {count}{of} {step.unit}"

    def done(self, step: Step, seconds: float) -> None:
        """A line that stays: what was made, and how long it took."""
        self._end(step)
        output.message(f"{step}: done in {seconds:.0f} s")

    def failed(self, step: Step, seconds: float) -> None:
        """A line that stays; the error comes from the call that wanted the work."""
        self._end(step)
        output.message(f"{step}: not finished after {seconds:.0f} s")

    def _end(self, step: Step) -> None:
        with self._lock:
            self._begun.pop(step, None)

    def _state(self) -> list[str]:
        """A line for each step that is under way."""
        now = time.monotonic()
        with self._lock:
            return [
                f"{step} … {now - begun:.0f} s{self._counts[step]}" for step, begun in self._begun.items()
            ]

    def _picture(self) -> RenderableType:
        return Group(*(Spinner("dots", line) for line in self._state()))

    def _speak(self) -> None:
        while not self._ended.wait(self._every):
            for line in self._state():
                output.message(line)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
