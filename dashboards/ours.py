"""Our own dashboards before the lint: as files, with what they except and why."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards import DASHBOARDS
from dashboards.lint.exceptions import Excepted
from dashboards.render import documents, text
from dashboards.values import queries


def files() -> tuple[tuple[str, str], ...]:
    """Name and text of each."""
    return tuple((name, text(rendered)) for name, rendered in documents().items())


def exceptions() -> Iterator[Excepted]:
    """One for each query that says why its result is one figure over several clusters."""
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels():
            for letter, query in queries(panel):
                if query.collapses:
                    yield Excepted("D-10", dashboard.uid, f"{panel.title}.{letter}", query.collapses)
