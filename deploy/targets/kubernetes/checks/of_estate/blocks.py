"""Blocks that the store gateway has to know.

Source: at each look it asks for the marks of every block (thanos-io/thanos#448, #1750, #6412), and its start
and memory follow their number (#5367, #6030).
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem
from thanos.blocks import headers_gib, predicted

MOST = 20_000


def blocks(estate: Estate) -> Iterator[Problem]:
    """One store gateway can know only so many."""
    count = predicted(estate)
    if count > MOST:
        message = (
            f"some {count:,} blocks once retention is reached: the store gateway needs "
            f"{headers_gib(estate):,} GiB of disk for them, and asks for the marks of each every 15m"
        )
        fix = "keep coarse data for less time, or use one replica where a gap may be"
        yield Problem("store-blocks", ("metrics", "retention"), message, fix)
