"""A-02: pint finds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject


def check(subject: Subject) -> Iterator[Found]:
    """What pint says offline, with all its checks but those that docs/alerts/lint.md names."""
    for each in subject.pint:
        message = f"{each.message} ({each.check})"
        yield Found(each.position, each.of, message, each.fix, each.severity, each.check)


RULE = Rule("A-02", "pint finds nothing", check)
