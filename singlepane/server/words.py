"""Figures in words, the same everywhere: ages, counts, moments."""

from __future__ import annotations

from datetime import UTC, datetime

_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def ago(seconds: float) -> str:
    """A length of time in one unit, rounded down: `8 s`, `3 min`, `5 h`, `12 d`; never negative."""
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def count(number: int, noun: str) -> str:
    """`1 alert`, `3 alerts`, `12,400 components`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def moment(unix: float) -> str:
    """A moment for a person: `2026-11-23 03:14:07 UTC`."""
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M:%S} UTC"


def clock(unix: float) -> str:
    """The time of day alone: `03:14:07 UTC`."""
    return f"{datetime.fromtimestamp(unix, UTC):%H:%M:%S} UTC"
