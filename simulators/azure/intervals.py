"""Times and time grains as Azure Monitor writes them (ISO 8601). Minutes count from the Unix epoch."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# The grains of metricDefinitions, smallest first, in minutes.
GRAINS = {
    "PT1M": 1,
    "PT5M": 5,
    "PT15M": 15,
    "PT30M": 30,
    "PT1H": 60,
    "PT6H": 360,
    "PT12H": 720,
    "P1D": 1440,
}

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)


def duration_seconds(text: str) -> int:
    """Seconds of an ISO duration (`PT5M`, `P1D`, `PT1H30M`). Raises ValueError for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def duration(minutes: int) -> str:
    """Minutes as the shortest ISO duration: 240 -> `PT4H`, 1440 -> `P1D`, 1530 -> `P1DT1H30M`."""
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    clock = (f"{hours}H" if hours else "") + (f"{left}M" if left else "")
    text = "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return text if text != "P" else "PT0M"


def instant(text: str) -> float:
    """Epoch seconds of an ISO time; a blank instead of `T` and a missing zone (UTC) are accepted, as Azure
    does.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()


def stamp(seconds: float) -> str:
    """Epoch seconds as `2026-11-03T12:45:00Z`."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
