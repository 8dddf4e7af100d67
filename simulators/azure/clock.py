"""The simulator's clock: the machine's, moved by an offset, or one that stands still until it is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal


class Clock:
    """`now()` is epoch seconds. `mode` is `running` or `manual`."""

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        self._machine = machine
        self._offset = 0.0
        self._stands: float | None = None

    @property
    def mode(self) -> Literal["running", "manual"]:
        """`running` follows the machine's clock, `manual` stands still."""
        return "running" if self._stands is None else "manual"

    def now(self) -> float:
        """Simulated time, epoch seconds."""
        return self._machine() + self._offset if self._stands is None else self._stands

    def jump(self, to: float) -> None:
        """Be at `to`, and go on in the same mode."""
        if self._stands is None:
            self._offset = to - self._machine()
        else:
            self._stands = to

    def stand(self) -> None:
        """Stand still at the present moment."""
        self._stands = self.now()

    def run(self) -> None:
        """Follow the machine's pace from the present moment on."""
        if self._stands is not None:
            self._offset = self._stands - self._machine()
            self._stands = None
