"""How a start is shown: live at a terminal, a line per change in a pipe. Everything here goes to stderr."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from estate.running import Deployment, Running
from singlepane import output

_STYLES = {"ready": "green", "backoff": "yellow", "failed": "bold red", "starting": "cyan"}


class Progress:
    """Shows components on their way to ready, then only what goes wrong or comes back."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._seen: dict[str, Running] = {}
        self._warnings: tuple[str, ...] = ()
        self._live = Live(console=output.errors, transient=True, refresh_per_second=8)

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
            if before is None or before.state != row.state:
                self._line(row, before)
            self._seen[row.name] = row
        for warning in deployment.warnings:
            if warning not in self._warnings:
                output.message(f"warning: {warning}")
        self._warnings = deployment.warnings
        self._live.update(self._picture(deployment))

    def _line(self, row: Running, before: Running | None) -> None:
        moment = f"{time.monotonic() - self._began:6.1f} s"
        match row.state:
            case "backoff" | "failed":
                output.message(f"{moment}  {row.name} {row.state}: {row.last_error}")
            case "starting" if before is not None and before.state == "ready":
                output.message(f"{moment}  {row.name} is not ready any more: {row.last_error}")
            case "ready" if not self._live.is_started:
                output.message(f"{moment}  {row.name} ready")
            case "stopped" if before is not None and not self._live.is_started:
                output.message(f"{moment}  {row.name} stopped")

    def _picture(self, deployment: Deployment) -> RenderableType:
        rows = deployment.components
        ready = sum(row.state == "ready" for row in rows)
        head = Spinner("dots", f"{ready} of {len(rows)} ready, {time.monotonic() - self._began:.0f} s")
        left = [row for row in rows if row.state != "ready"]
        lines = [
            Text(
                f"  {row.name:32} {row.state:9} {row.last_error}", _STYLES.get(row.state, "dim"), no_wrap=True
            )
            for row in left
        ]
        return Group(head, *lines)
