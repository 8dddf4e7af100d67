"""A-09: no label of an alert holds a value of a query."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.lint.rule import Found, Rule, Subject, about

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TEXTS = re.compile(r'"(\\.|[^"\\])*"|`[^`]*`')
_VALUE = re.compile(r"\$value\b|\.Value\b|\bquery\b|(?<![.$\w])value\b")


def check(subject: Subject) -> Iterator[Found]:
    """Labels are what an alert is: with another value it is another alert, and `for` begins anew."""
    for rule in subject.rules():
        if rule.kind != "alert":
            continue
        for name, word in rule.labels.items():
            templates = (_TEXTS.sub('""', match[1]) for match in _TEMPLATE.finditer(word.text))
            if any(_VALUE.search(each) for each in templates):
                message = f"the label {name} holds a value: with each new one it is another alert"
                yield about(rule, message, "say values in annotations", word.position)


RULE = Rule("A-09", "No label of an alert holds a value", check)
