"""A drill: break something in a running estate, see it named, see it recover, and say what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.verify.running import RunningEstate


class Lost(Exception):
    """Something did not hold; the message is what a reader must know."""


@dataclass(slots=True)
class Report:
    """What a drill saw, with the seconds since it began; printed as it happens."""

    began: float = field(default_factory=time.monotonic)

    def say(self, line: str) -> None:
        """A line of the report."""
        print(f"{time.monotonic() - self.began:7.1f} s  {line}", flush=True)

    def hold(self, holds: bool, line: str) -> None:
        """Say it, and stop the drill unless it holds."""
        if not holds:
            raise Lost(f"not so: {line}")
        self.say(line)


@dataclass(frozen=True, slots=True)
class Drill:
    """`run` gets a folder of its own and raises Lost when what `proves` says does not hold."""

    name: str
    proves: str
    run: Callable[[Report, Path], None]


def verified(estate: RunningEstate, report: Report, within: float, after: str = "") -> float:
    """Verify until every hop holds; seconds it took. Raises Lost when it does not within that time."""
    began = time.monotonic()
    broken = ""
    while (left := within - (time.monotonic() - began)) > 0:
        ran, document = estate.verify(max(1.0, left))
        if ran.code == 0:
            took = time.monotonic() - began
            report.say(f"verified{after}: every hop holds, {took:.1f} s")
            return took
        first = document.get("first_broken") or {}
        broken = f"{first.get('hop')} of {first.get('cluster')}: {first.get('cause')}" if first else ran.err
    raise Lost(f"not verified within {within:.0f} s: {broken}")


def until(holds: Callable[[], bool], within: float, what: str, pause: float = 0.2) -> float:
    """Wait for something; seconds it took. Raises Lost when it does not come within that time."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        if holds():
            return time.monotonic() - began
        time.sleep(pause)
    raise Lost(f"{what}: not within {within:.0f} s")
