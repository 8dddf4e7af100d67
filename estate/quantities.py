"""Durations and counts as Prometheus and people write them: `30s`, `2h`, `1h30m`, `30d`, `2y`; `400k`, `1.5M`."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

# https://prometheus.io/docs/prometheus/latest/configuration/configuration/#generic-placeholders (<duration>)
_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_COUNT = re.compile(r"(\d+(?:\.\d+)?)([kM]?)")


def seconds(duration: str) -> int:
    """Seconds of a Prometheus duration. Raises ValueError for anything else; `0` is not a duration."""
    match = _DURATION.fullmatch(duration)
    if not duration or match is None:
        raise ValueError(
            f"{duration!r} is not a duration: write a number and a unit of s, m, h, d, w, y, such as 30s or 1h30m"
        )
    total = sum(
        int(amount) * size for amount, size in zip(match.groups(), _UNITS.values(), strict=True) if amount
    )
    if not 0 < total <= 100 * _UNITS["y"]:
        raise ValueError(f"{duration!r} is out of range: more than 0s and at most 100y")
    return total


def _duration(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(
            f"{value!r} is not a duration: write it with a unit, such as {value if isinstance(value, int) else 30}s"
        )
    seconds(value)
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is not a number: write one such as 400000 or 400k")
    if isinstance(value, int) and value > 0:
        return value
    match = _COUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not a number: write one such as 400000, 400k or 1.5M")
    return round(float(match[1]) * {"": 1, "k": 1_000, "M": 1_000_000}[match[2]])


# Kept as it was written (what Prometheus reads); `seconds()` gives its length.
Duration = Annotated[str, BeforeValidator(_duration)]
# An int; `400k` is 400,000.
Count = Annotated[int, BeforeValidator(_count), PlainSerializer(int)]
