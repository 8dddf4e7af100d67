"""What a rule is, what it looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from alerts.lint.programs import Problem
from alerts.lint.values import Part, Written
from estate.findings import Position, Severity


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything of one run: files as programs read them, what promtool and pint said of them, and the label
    that tells clusters apart. `share`: whether they are all alerts that somebody has, so that the share of
    critical ones says something.
    """

    parts: Sequence[Part]
    promtool: Sequence[Problem] = ()
    pint: Sequence[Problem] = ()
    cluster: str = "cluster"
    share: bool = True

    def rules(self) -> Iterator[Written]:
        """All rules, in the order of the files."""
        for part in self.parts:
            yield from part.rules


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found. `of` is what is written there, if it is about one alert or recorded series; `fix`
    says what to write instead; `check` is the check of pint.
    """

    position: Position
    of: Written | None
    message: str
    fix: str
    severity: Severity = "error"
    check: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `code` is the name of its section in docs/alerts/lint.md, `title` what must hold."""

    code: str
    title: str
    check: Callable[[Subject], Iterator[Found]]


def about(of: Written, message: str, fix: str, position: Position | None = None) -> Found:
    """Something about a rule; `position` is that of a part of it."""
    return Found(position or of.position, of, message, fix)
