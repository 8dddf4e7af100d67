"""How a start is shown: live at a terminal, a line per change in a pipe. Everything here goes to stderr."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from estate.running import Deployment, Running, State
from singlepane import output

_STYLES = {"ready": "green", "backoff": "yellow", "failed": "bold red", "starting": "cyan"}


class Progress:
    """Shows components on their way to `goal`, then only what goes wrong or comes back."""

    def __init__(self, goal: State = "ready") -> None:
        self._goal = goal
        self._first = True
        self._began = time.monotonic()
        self._seen: dict[str, Running] = {}
        self._warnings: tuple[str, ...] = ()
        self._spinner = Spinner("dots")
        self._live = Live(
            get_renderable=self._picture, console=output.errors, transient=True, refresh_per_second=8
        )

    def __enter__(self) -> Self:
        if output.errors.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rest()

    def rest(self) -> None:
        """End the live part; lines go on."""
        self._live.stop()

    def say(self, line: str) -> None:
        """A line of its own."""
        output.message(line)

    def changed(self, deployment: Deployment) -> None:
        """Show what is new in the deployment."""
        for row in deployment.components:
            before = self._seen.get(row.name)
            # What was so before we looked is no news.
            if not self._first and (before is None or before.state != row.state):
                self._line(row, before)
        self._first = False
        self._seen = {row.name: row for row in deployment.components}
        for warning in deployment.warnings:
            if warning not in self._warnings:
                output.message(f"warning: {warning}")
        self._warnings = deployment.warnings

    def _line(self, row: Running, before: Running | None) -> None:
        moment = f"{time.monotonic() - self._began:6.1f} s"
        match row.state:
            case "backoff" | "failed":
                output.message(f"{moment}  {row.name} {row.state}: {row.last_error}")
            case "starting" if before is not None and before.state == "ready":
                output.message(f"{moment}  {row.name} is not ready any more: {row.last_error}")
            case "ready" if not self._live.is_started:
                output.message(f"{moment}  {row.name} ready")
            case "stopped" if not self._live.is_started:
                output.message(f"{moment}  {row.name} stopped")

    def _picture(self) -> RenderableType:
        left = [row for row in self._seen.values() if row.state != self._goal]
        count = len(self._seen)
        passed = time.monotonic() - self._began
        what = f"{count - len(left)} of {count} {self._goal}" if count else "supervisor starts"
        self._spinner.update(text=f"{what}, {passed:.0f} s")
        lines = [
            Text(
                f"  {row.name:32} {row.state:9} {row.last_error}", _STYLES.get(row.state, "dim"), no_wrap=True
            )
            for row in left
        ]
        return Group(self._spinner, *lines)
