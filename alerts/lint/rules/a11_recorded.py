"""A-11: recorded series are named level:metric:operation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject, about

# Without a level of aggregation the first part is empty, as kubernetes-mixin has it.
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*:[a-zA-Z_][a-zA-Z0-9_]*:[a-zA-Z0-9_]+|:[a-zA-Z_]\w*:\w+")


def check(subject: Subject) -> Iterator[Found]:
    """Whoever reads such a name knows what is left of the labels, of which metric, and what was done.

    Contract: https://prometheus.io/docs/practices/rules/#naming
    """
    for rule in subject.rules():
        if rule.kind == "record" and not _NAME.fullmatch(rule.name):
            fix = "write the labels that are left, the metric and what was done: job:http_requests:rate5m"
            yield about(rule, f"{rule.name} is not named level:metric:operation", fix)


RULE = Rule("A-11", "Recorded series are named level:metric:operation", check)
