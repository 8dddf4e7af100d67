"""Values of a document that may hold anything anywhere. What has another shape counts as not there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST_TEXT = 100_000


def mapping(value: object) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> Sequence[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else ()


def mappings(value: object, most: int = 1_000) -> list[Mapping[str, Any]]:
    """The objects of a list, at most so many."""
    return [row for row in listing(value)[:most] if isinstance(row, dict)]


def text(value: object, default: str = "") -> str:
    """The text; a number is its text, too."""
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return f"{value:g}" if isinstance(value, float) else str(value)[:40]
    return default


def number(value: object) -> float | None:
    """The number, also where it stands in quotes; None where there is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float, str)):
        try:
            found = float(value)
        except (ValueError, OverflowError):
            return None
        return found if math.isfinite(found) else None
    return None


def whole(value: object, default: int, least: int, most: int) -> int:
    """The whole number, within bounds."""
    found = number(value)
    return default if found is None else int(min(max(found, least), most))


def flag(value: object, default: bool = False) -> bool:
    """The truth value."""
    return value if isinstance(value, bool) else default


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, or the one text."""
    if isinstance(value, str):
        return (value,)
    return tuple(row[:LONGEST_TEXT] for row in listing(value)[:1_000] if isinstance(row, str))


def at(value: object, *path: str) -> Any:
    """What lies that deep in nested objects, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
