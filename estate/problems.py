"""What a check says before its place in the file is known, and how findings are made of it."""

from __future__ import annotations

from dataclasses import dataclass

from estate.codes import CODES
from estate.findings import Finding, Position
from estate.tree import Path, spoken


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding without its place: `path` is the key path; `at_key` points at the key, not at its value."""

    code: str
    path: Path
    message: str
    fix: str = ""
    at_key: bool = False


def finding(code: str, position: Position, message: str, fix: str = "", path: Path = ()) -> Finding:
    """A finding with the severity of its code. Raises KeyError for a code that is not in the registry."""
    return Finding(code, CODES[code].severity, position, spoken(path), message, fix)
