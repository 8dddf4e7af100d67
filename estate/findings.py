"""Findings: what a check says. They are values; `singlepane/output.py` is the one place that prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


# Of what somebody else wrote, a sentence repeats no more.
_LONGEST = 300


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1. `Position()` means the place is not known."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found.

    `code` is stable, kebab-case, and the name of its page section in docs/findings.md. `path` is the key path
    in the estate (`clusters.prod-weu.region`), empty for the file as a whole. `message` is one sentence that
    holds the wrong value; `fix` is one sentence that says what to write instead, or empty.
    """

    code: str
    severity: Severity
    position: Position
    path: str
    message: str
    fix: str = ""

    def document(self) -> dict[str, Any]:
        """This finding as the JSON object of `-o json`."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.position.file,
            "line": self.position.line,
            "column": self.position.column,
            "path": self.path,
            "message": self.message,
            "fix": self.fix,
        }


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the file, errors before warnings at one place, duplicates removed."""
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda f: (f.position, f.severity, f.code, f.path, f.message))
    )


def one_line(text: str) -> str:
    """A sentence for a terminal and for UTF-8, whatever the text of a stranger holds: one line, no control
    characters, no half of a surrogate pair.
    """
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    words = " ".join(short.encode(errors="replace").decode().split())
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in words)
