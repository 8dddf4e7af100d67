"""D-06: every query is PromQL once its variables have values."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, asked


def check(subject: Subject) -> Iterator[Found]:
    """Prometheus has the last word where it is asked; the parser here refuses some that it takes."""
    refusal = subject.options.refusal
    for query in subject.queries:
        for name in query.sent.undeclared:
            message = f"${name} is no variable of this dashboard"
            yield asked(query, message, "declare it under templating, or write its value")
        if refusal is not None and (why := refusal(query.sent.text)):
            yield asked(query, f"Prometheus refuses the query: {why}", "try it in Prometheus")
            continue
        if query.unread is None:
            continue
        code, message, fix = query.unread
        if refusal is not None or code == "query-unread":
            said = f"the query cannot be looked into: {message}"
            yield asked(query, said, fix or "check by hand that it keeps its cluster", "warning")
        else:
            yield asked(query, message, fix or "try it in Prometheus")


RULE = Rule("D-06", "Every query is PromQL once its variables have values", check)
