"""Figures in words, the same everywhere: ages, counts, moments."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


def when(unix: float, now: float) -> str:
    """The time of day, with the day where that is not today's: `03:14 UTC`, `22 Nov 03:14 UTC`."""
    at, today = datetime.fromtimestamp(unix, UTC), datetime.fromtimestamp(now, UTC)
    day = "" if at.date() == today.date() else f"{at.day} {at:%b} "
    year = f"{at.year} " if at.year != today.year else ""
    return f"{day}{year}{at:%H:%M} UTC"


def sentence(text: str) -> str:
    """The text with a full stop at its end, unless it has an end."""
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def named(names: Sequence[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def breakable(text: str) -> str:
    """With a soft hyphen in the middle of each long word, for columns that are narrower than it."""
    return re.sub(
        r"\w{10,}",
        lambda word: f"{word[0][: len(word[0]) // 2 + 1]}\u00ad{word[0][len(word[0]) // 2 + 1 :]}",
        text,
    )
