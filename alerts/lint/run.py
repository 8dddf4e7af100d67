"""All rules over all files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from alerts.lint.programs import Problem
from alerts.lint.reading import CODE, read
from alerts.lint.rule import Found, Rule, Subject
from alerts.lint.rules import RULES
from alerts.lint.values import Excepted, Part
from estate.findings import Finding, in_order, one_line

# What promtool and pint say of files.
Programs = Callable[[Sequence[Part]], tuple[Sequence[Problem], Sequence[Problem]]]


def lint(
    texts: Sequence[tuple[str, str]], programs: Programs, cluster: str = "cluster", share: bool = True
) -> tuple[Finding, ...]:
    """Findings over files, each a name and its text, in the order of the files and their lines.

    `programs` asks promtool and pint; `cluster` is the label that tells clusters apart; `share` is false for
    a part of a set of alerts, of which the share of critical ones says nothing.
    """
    files = [read(text, file) for file, text in texts]
    parts = [part for each in files for part in each.parts]
    promtool, pint = programs(parts) if parts else ((), ())
    subject = Subject(parts, promtool, pint, cluster, share)
    unused = dict.fromkeys(excepted for each in files for excepted in each.excepted)
    found = [finding for each in files for finding in each.found]
    for rule in RULES:
        found.extend(_found(rule, subject, unused))
    # Of a file that Prometheus does not take, pint has said nothing.
    broken = {row.position.file for row in found if row.code == CODE and row.severity == "error"}
    found.extend(_unused(row) for row in unused if row.position.file not in broken)
    return in_order(found)


def _found(rule: Rule, subject: Subject, unused: dict[Excepted, None]) -> Iterator[Finding]:
    """What a rule finds and no comment excepts; a comment that does is taken out of `unused`."""
    for each in rule.check(subject):
        around = each.of.excepted if each.of else ()
        excepted = [row for row in around if (row.rule, row.check) == (rule.code, each.check)]
        for row in excepted:
            unused.pop(row, None)
        if not excepted:
            yield _finding(rule.code, each)


def _finding(code: str, found: Found) -> Finding:
    name, message, fix = (
        one_line(each) for each in (found.of.name if found.of else "", found.message, found.fix)
    )
    return Finding(code, found.severity, found.position, name, message, fix)


def _unused(row: Excepted) -> Finding:
    message = f"this exception from {f'{row.rule} {row.check}'.strip()} excepts nothing"
    return Finding(row.rule, "error", row.position, "", message, "take it away")
