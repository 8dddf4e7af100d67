"""D-08: counters are shown as rates, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.metric import Metric
from dashboards.lint.rule import Found, Rule, Subject, asked
from promql.selectors import Use

RATES = frozenset({"rate", "irate", "increase"})
# What is asked of the existence, the age or the restarts of a counter, not of its value.
OTHERWISE = frozenset(
    {"absent", "absent_over_time", "changes", "count_over_time", "present_over_time", "resets", "timestamp"}
)
COUNTING = frozenset({"count", "group"})


def check(subject: Subject) -> Iterator[Found]:
    """A counter only ever grows; its height says when the process began."""
    catalogue = subject.options.catalogue
    for query in subject.queries:
        if query.kind == "variable":
            continue
        for use in query.uses:
            metric = catalogue.series(use.name) if catalogue and use.name else None
            if _counter(use.name, metric) and not _looked_at_otherwise(use):
                fix = f"write rate({use.name}[$__rate_interval])"
                yield asked(query, f"{use.name} only ever grows", fix)
            if metric and metric.type in ("gauge", "info") and use.function in RATES:
                message = f"{use.name} is a {metric.type} and has no {use.function}"
                yield asked(query, message, "write delta or deriv, or show it as it is")


def _counter(name: str, metric: Metric | None) -> bool:
    if metric is not None:
        return metric.type == "counter"
    return name.endswith(("_total", "_bucket")) and ":" not in name


def _looked_at_otherwise(use: Use) -> bool:
    return use.function in RATES | OTHERWISE or use.aggregate in COUNTING


RULE = Rule("D-08", "Counters are shown as rates, and nothing else is", check)
