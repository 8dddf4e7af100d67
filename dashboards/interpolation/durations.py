"""Durations as Grafana's fields hold them (`15s`, `1m`, `>1h`, a bare number of seconds), in milliseconds.

Contract: grafana/grafana-plugin-sdk-go backend/gtime/gtime.go.
"""

from __future__ import annotations

import re

_PARTS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "M": 2_592_000_000,
    "y": 31_536_000_000,
}
_WHOLE = re.compile(r"(?:\d{1,9}(?:\.\d{1,6})?(?:ms|[smhdwMy]))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMy])")
# A nice step for every length up to the one beside it: both in milliseconds.
_NICE = (
    (10, 1),
    (15, 10),
    (35, 20),
    (75, 50),
    (150, 100),
    (350, 200),
    (750, 500),
    (1_500, 1_000),
    (3_500, 2_000),
    (7_500, 5_000),
    (12_500, 10_000),
    (17_500, 15_000),
    (25_000, 20_000),
    (45_000, 30_000),
    (90_000, 60_000),
    (210_000, 120_000),
    (450_000, 300_000),
    (750_000, 600_000),
    (1_050_000, 900_000),
    (1_500_000, 1_200_000),
    (2_700_000, 1_800_000),
    (5_400_000, 3_600_000),
    (9_000_000, 7_200_000),
    (16_200_000, 10_800_000),
    (32_400_000, 21_600_000),
    (86_400_000, 43_200_000),
    (604_800_000, 86_400_000),
    (1_814_400_000, 604_800_000),
    (3_628_800_000, 2_592_000_000),
)


def milliseconds(text: str) -> int | None:
    """The length of a duration, or None where the text is none (or is a variable)."""
    plain = text.strip().lstrip("<>").strip()
    if plain.isascii() and plain.isdigit():
        return int(plain[:12]) * 1_000
    if not _WHOLE.fullmatch(plain):
        return None
    return int(sum(float(number) * _PARTS[unit] for number, unit in _PART.findall(plain)))


def nice(length: float) -> int:
    """The step that Grafana takes for a length: both in milliseconds."""
    return next((step for limit, step in _NICE if length <= limit), 31_536_000_000)


def short(length: int) -> str:
    """`15s`, `1m`, `2h`: the largest unit that fits, and what is left over is dropped, as Grafana does."""
    for unit in ("y", "d", "h", "m", "s"):
        if length >= _PARTS[unit]:
            return f"{length // _PARTS[unit]}{unit}"
    return f"{max(length, 1)}ms"


def exact(length: int) -> str:
    """The same in seconds, or in milliseconds where it is no whole number of them."""
    return f"{length // 1_000}s" if length % 1_000 == 0 else f"{length}ms"
