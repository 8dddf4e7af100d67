"""Numbers with as many decimals as they need.

Contract: grafana/grafana packages/grafana-data/src/valueFormats/valueFormats.ts (getDecimalsForValue).
"""

from __future__ import annotations

import math


def decimals_of(value: float) -> int:
    """How many decimals show three figures that count; none for a whole number."""
    if not value or not math.isfinite(value) or value == int(value):
        return 0
    return min(max(2 - math.floor(math.log10(abs(value))), 0), 20)


def fixed(value: float, decimals: int | None) -> str:
    """The number with so many decimals, or as many as it needs; never `-0`."""
    places = decimals_of(value) if decimals is None else min(max(decimals, 0), 20)
    written = f"{value:.{places}f}"
    return written.removeprefix("-") if not written.strip("-0.") else written
