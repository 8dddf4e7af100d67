"""A-06: an alert waits before it fires, or says why not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject, about

_NONE = re.compile(r"(0+[a-z]*)*")


def check(subject: Subject) -> Iterator[Found]:
    """One scrape that failed is everyday weather."""
    for rule in subject.rules():
        if rule.kind == "alert" and _NONE.fullmatch(rule.waits):
            fix = "add `for`, or `# lint: A-06 because …` with the reason"
            yield about(rule, "the alert fires at once: it has no `for`", fix)


RULE = Rule("A-06", "An alert waits before it fires, or says why not", check)
