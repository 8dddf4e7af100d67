"""Versions as tuples of numbers, which can be compared."""

from __future__ import annotations

import re

Version = tuple[int, int, int]


def version(text: str) -> Version | None:
    """The first three numbers of `v1.36.3-gke.1`, `1.36` or `v0.42.4`; None where there are no two."""
    match = re.match(r"v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?", text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def minor(text: str) -> tuple[int, int] | None:
    """Its first two numbers."""
    found = version(text)
    return found[:2] if found else None
