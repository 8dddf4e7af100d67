"""A-01: Prometheus takes the file, and nothing stands in it twice."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject


def check(subject: Subject) -> Iterator[Found]:
    """What `promtool check rules` says, its lint among it. What is no rule file is found before."""
    for each in subject.promtool:
        yield Found(each.position, each.of, each.message, each.fix)
    for rule in subject.rules():
        # Prometheus has the last word; what it takes and the parser here does not is not looked into below.
        if rule.unread and not any(each.of is rule for each in subject.promtool):
            message = "the other rules cannot read this expression, and say nothing of it"
            yield Found(rule.expr_position, rule, message, "read it with care", "warning")


RULE = Rule("A-01", "Prometheus takes it", check)
