"""A-03: an alert says how urgent it is, whose, about what, and of which cluster."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject, about
from alerts.lint.values import Written
from promql.kept import joined_across, kept

LABELS = ("severity", "team", "component")
SEVERITIES = ("critical", "warning", "info", "none")


def check(subject: Subject) -> Iterator[Found]:
    """Routes and inhibitions go by labels. A cluster that is aggregated away is in no alert."""
    for rule in subject.rules():
        if rule.kind == "alert":
            yield from _labels(rule)
        yield from _cluster(rule, subject.cluster)


def _labels(rule: Written) -> Iterator[Found]:
    for name in LABELS:
        if name not in rule.labels or not rule.labels[name].text:
            yield about(rule, f"the alert has no label {name}", f"add {name} to its labels")
    severity = rule.labels.get("severity")
    if severity and severity.text and severity.text not in SEVERITIES and "{{" not in severity.text:
        message = f"the severity {severity.text!r} is none that routes know"
        yield about(rule, message, f"write one of {', '.join(SEVERITIES)}", severity.position)


def _cluster(rule: Written, label: str) -> Iterator[Found]:
    if rule.tree is None or label in rule.labels:
        return
    found = kept(rule.tree, label)
    if not found.has:
        lost = f"{found.lost} drops it" if found.lost else "it is a number"
        yield about(rule, f"the result has no {label}: {lost}", f"keep {label}", rule.expr_position)
    for operation in dict.fromkeys(joined_across(rule.tree, label)):
        message = f"`{operation}` joins series of different clusters"
        yield about(rule, message, f"add {label} to it", rule.expr_position)


RULE = Rule("A-03", "An alert says how urgent it is, whose, about what, and of which cluster", check)
