"""All rules over all dashboards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.lint.exceptions import Excepted
from dashboards.lint.options import Options
from dashboards.lint.queries import queries
from dashboards.lint.rule import Found, Rule, Subject
from dashboards.lint.rules import RULES
from dashboards.reading.json_text import Unreadable
from dashboards.reading.read import read
from dashboards.reading.values import Dashboard
from estate.findings import Finding, Position, one_line


def lint(texts: Sequence[tuple[str, str]], options: Options) -> tuple[Finding, ...]:
    """Findings over files, each a name and its text, in the order of the files and their lines.

    Uids must differ and links must lead somewhere within what is given at once.
    """
    found: list[Finding] = []
    dashboards: list[Dashboard] = []
    for file, text in texts:
        try:
            dashboards.append(read(text, file))
        except Unreadable as error:
            position = Position(file, error.line, error.column)
            fix = "export the dashboard as classic JSON"
            found.append(Finding("D-01", "error", position, "", one_line(error.message), fix))
    unused = dict.fromkeys(options.exceptions)
    for dashboard in dashboards:
        found += of_one(dashboard, dashboards, options, unused)
    uids = {each.uid for each in dashboards}
    found += [_unused(row) for row in unused if row.dashboard in uids]
    return tuple(sorted(found, key=lambda each: (each.position, each.code, each.path, each.message)))


def of_one(
    dashboard: Dashboard,
    others: Sequence[Dashboard],
    options: Options,
    unused: dict[Excepted, None] | None = None,
) -> Iterator[Finding]:
    """Findings of one dashboard; what excepts one is taken out of `unused`."""
    subject = Subject(dashboard, tuple(queries(dashboard)), others, options)
    excepted = {(row.rule, row.where): row for row in options.exceptions if row.dashboard == dashboard.uid}
    for rule in RULES:
        for found in rule.check(subject):
            row = excepted.get((rule.code, found.where))
            if row is None:
                yield _finding(rule, found, dashboard)
            elif unused is not None:
                unused.pop(row, None)


def _finding(rule: Rule, found: Found, dashboard: Dashboard) -> Finding:
    position = Position(dashboard.file, *dashboard.places.of(found.pointer))
    path, message, fix = (one_line(each) for each in (found.where, found.message, found.fix))
    return Finding(rule.code, found.severity, position, path, message, fix)


def _unused(row: Excepted) -> Finding:
    message = f"an exception for {row.where} of {row.dashboard} excepts nothing"
    return Finding(row.rule, "error", Position(), row.where, message, "take it away")
