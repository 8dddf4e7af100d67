"""What a query is asked of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scraped:
    """`interval`: seconds between two samples of a series, at most."""

    interval: int
