"""A block in the object store, as a hop sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """One meta.json: times are Unix seconds, `resolution` milliseconds between samples (0 = raw)."""

    ulid: str
    labels: Mapping[str, str]
    source: str
    resolution: int
    start: float
    end: float
