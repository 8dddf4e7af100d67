"""What a rule is, what it looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dashboards.lint.options import Options
from dashboards.lint.queries import Query
from dashboards.reading.json_text import Pointer
from dashboards.reading.values import Dashboard, Panel
from estate.findings import Severity


@dataclass(frozen=True, slots=True)
class Subject:
    """A dashboard with its queries read, and the other dashboards of the same run."""

    dashboard: Dashboard
    queries: tuple[Query, ...]
    others: Sequence[Dashboard]
    options: Options


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found. `where` is the panel's title (and the query's letter), or the variable's name; empty
    for the dashboard as a whole. `fix` says what to write instead.
    """

    pointer: Pointer
    where: str
    message: str
    fix: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `code` is the name of its page in docs/dashboards/lint, `title` what must hold."""

    code: str
    title: str
    check: Callable[[Subject], Iterator[Found]]


def at(panel: Panel, message: str, fix: str, pointer: Pointer | None = None) -> Found:
    """Something about a panel; `pointer` is a part of it."""
    return Found(pointer or panel.pointer, panel.name, message, fix)


def asked(query: Query, message: str, fix: str, severity: Severity = "error") -> Found:
    """Something about a query."""
    return Found(query.pointer, query.where, message, fix, severity)
