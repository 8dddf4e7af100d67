"""A-04: an alert says what is wrong, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject, about

ANNOTATIONS = {
    "summary": "say in one sentence what is wrong",
    "description": "say what it means, with the cluster and the value",
    "runbook_url": "lead to what to do",
    "dashboard_url": "lead to what to look at, with the cluster chosen",
}
_LINKS = ("runbook_url", "dashboard_url")


def check(subject: Subject) -> Iterator[Found]:
    """At night there is no time to look for a runbook."""
    for rule in subject.rules():
        if rule.kind != "alert":
            continue
        for name, fix in ANNOTATIONS.items():
            said = rule.annotations.get(name)
            if said is None or not said.text.strip():
                yield about(rule, f"the alert has no {name}", fix)
            elif name in _LINKS and not said.text.startswith(("http://", "https://", "{{")):
                message = f"the {name} is no address that can be opened from a message"
                yield about(rule, message, "write https://…", said.position)


RULE = Rule("A-04", "An alert says what is wrong, and where to go on", check)
