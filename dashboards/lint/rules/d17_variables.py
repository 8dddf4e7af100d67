"""D-17: variables have a value when the dashboard opens, follow the time, and depend on the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.lint.rule import Found, Rule, Subject
from dashboards.reading.values import Variable
from dashboards.reading.variables import used

ON_TIME = 2
# What has no value of its own to begin with.
_FREE = frozenset({"adhoc", "groupby", "textbox", "system"})


def check(subject: Subject) -> Iterator[Found]:
    """A choice of yesterday is offered otherwise, and namespaces of clusters that were not chosen."""
    label = subject.options.cluster
    for variable in subject.dashboard.variables:
        where = f"${variable.name}"
        if variable.type not in _FREE and not _definite(variable):
            fix = 'set current, such as {"text": "All", "value": "$__all"}'
            yield Found(variable.pointer, where, "it has no value when the dashboard opens", fix)
        if variable.type != "query":
            continue
        if variable.refresh != ON_TIME:
            message = "it is not asked for again when the time changes"
            yield Found(variable.pointer, where, message, "set refresh to 2")
        if variable.name == label or _asks_for_clusters(variable, label):
            continue
        if not _depends(subject, variable, label):
            fix = f'add {label}=~"${label}" to its query'
            yield Found(
                variable.pointer, where, f"it offers values of all clusters, whatever ${label} is", fix
            )


def _definite(variable: Variable) -> bool:
    current: Any = variable.current
    if variable.type == "constant" or (variable.type == "custom" and variable.query and not current):
        # Grafana takes the first of its own list.
        return bool(current or variable.query)
    if isinstance(current, list):
        return any(isinstance(each, str) and each for each in current)
    return isinstance(current, str) and bool(current)


def _asks_for_clusters(variable: Variable, label: str) -> bool:
    """Whether the variable chooses clusters under another name."""
    return variable.query.rstrip(") ").endswith((f", {label}", f",{label}", f"({label}"))


def _depends(subject: Subject, variable: Variable, label: str) -> bool:
    """Whether its query has the cluster in it, or a variable that does."""
    seen = {variable.name}
    waiting = [variable]
    while waiting:
        each = waiting.pop()
        if _asks_for_clusters(each, label):
            return True
        for name in used(each.query):
            if name == label:
                return True
            other = subject.dashboard.variable(name)
            if other is not None and other.type == "query" and name not in seen:
                seen.add(name)
                waiting.append(other)
    return False


RULE = Rule("D-17", "Variables have a value, follow the time and depend on the cluster", check)
