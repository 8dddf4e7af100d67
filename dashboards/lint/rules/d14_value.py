"""D-14: label values that are asked for can occur."""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser as promql

from dashboards.lint.rule import Found, Rule, Subject, asked
from dashboards.reading.variables import has_variable
from promql.selectors import Use

# Alternatives that are meant one by one. A pattern proper is not tried.
_ALTERNATIVES = re.compile(r"\(?(?:\?:)?([\w -]+(?:\|[\w -]+)*)\)?")


def check(subject: Subject) -> Iterator[Found]:
    """kube_pod_status_phase{phase="failed"} never matches: the phase is called Failed."""
    catalogue = subject.options.catalogue
    for query in subject.queries:
        for use in query.uses:
            metric = catalogue.series(use.name) if catalogue and use.name else None
            for label, wanted in _wanted(use) if metric else ():
                legal = metric.labels.get(label) if metric else None
                wrong = [value for value in wanted if legal is not None and value not in legal]
                if legal and wrong and len(wrong) == len(wanted):
                    message = f"{label} of {use.name} is never {' or '.join(map(repr, wrong))}"
                    yield asked(query, message, f"it is one of {', '.join(sorted(filter(None, legal)))}")


def _wanted(use: Use) -> Iterator[tuple[str, list[str]]]:
    """Labels with the values of which one must occur."""
    for each in use.selector.matchers.matchers:
        if not each.value or has_variable(each.value):
            continue
        if each.op == promql.MatchOp.Equal:
            yield each.name, [each.value]
        elif each.op == promql.MatchOp.Re and (listed := _ALTERNATIVES.fullmatch(each.value)):
            yield each.name, listed[1].split("|")


RULE = Rule("D-14", "Label values that are asked for can occur", check)
