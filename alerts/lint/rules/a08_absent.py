"""A-08: what is missing is missed in each cluster by itself."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from alerts.lint.rule import Found, Rule, Subject, about
from promql.reading import walk
from promql.selectors import uses

ABSENT = ("absent", "absent_over_time")


def check(subject: Subject) -> Iterator[Found]:
    """absent() is silent as long as one cluster of many still has the series. Of one cluster that is named it
    is right.
    """
    for rule in subject.rules():
        if rule.tree is None:
            continue
        for part, _ in walk(rule.tree):
            if isinstance(part, promql.Call) and part.func.name in ABSENT and not _one(part, subject.cluster):
                message = f"{part.func.name}() sees nothing while one cluster still has the series"
                fix = f"write what there should be `unless on ({subject.cluster})` what there is"
                yield about(rule, message, fix, rule.expr_position)


def _one(call: promql.Call, label: str) -> bool:
    """Whether it asks for one cluster by its name."""
    return all(
        any(each.name == label and each.op == promql.MatchOp.Equal for each in use.selector.matchers.matchers)
        for use in uses(call)
    )


RULE = Rule("A-08", "What is missing is missed in each cluster by itself", check)
