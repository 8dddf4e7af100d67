"""How a caller follows work that takes minutes: told by the builds, shown by the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work: `building thanos 0.42.4`. `unit` names what its count counts."""

    action: str
    name: str
    version: str
    unit: str = "lines"

    def __str__(self) -> str:
        return f"{self.action} {self.name} {self.version}"


class Progress(Protocol):
    """Hears of steps, from several threads at once; every step that starts is done or failed later."""

    def started(self, step: Step) -> None:
        """A step began."""

    def advanced(self, step: Step, count: int, total: int) -> None:
        """`count` of at most `total` units are through; total 0 means it is not known."""

    def done(self, step: Step, seconds: float) -> None:
        """A step ended well after that time."""

    def failed(self, step: Step, seconds: float) -> None:
        """A step ended badly or was given up; the error is raised by the call that wanted the work."""


class Silent:
    """Shows nothing."""

    def started(self, step: Step) -> None:
        """Nothing."""

    def advanced(self, step: Step, count: int, total: int) -> None:
        """Nothing."""

    def done(self, step: Step, seconds: float) -> None:
        """Nothing."""

    def failed(self, step: Step, seconds: float) -> None:
        """Nothing."""


SILENT = Silent()
