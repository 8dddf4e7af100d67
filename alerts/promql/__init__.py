"""Queries that mean another thing to Prometheus 3, or nothing: what to know before an upgrade.

Source: https://prometheus.io/docs/prometheus/latest/migration/. Not looked for: `.` in regular expressions,
which matches line ends too (labels with line ends are hardly there), and what is no query (the Content-Type
of targets, Alertmanager's v1 API).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import promql_parser as promql

from alerts.promql.left_open import left_open
from alerts.promql.numbers_as_text import numbers_as_text
from alerts.promql.scraped import Scraped
from promql.reading import Found, read

__all__ = ["CHANGES", "Found", "Scraped", "problems", "rule_problems"]

CHANGES: tuple[Callable[[promql.Expr, Scraped], Iterator[Found]], ...] = (left_open, numbers_as_text)


def problems(query: str, scraped: Scraped) -> Iterator[Found]:
    """Code, sentence and fix of all that is found in a query."""
    tree = read(query)
    if isinstance(tree, tuple):
        yield tree
        return
    for change in CHANGES:
        yield from change(tree, scraped)


def rule_problems(
    document: Mapping[str, Any], scraped: Scraped
) -> Iterator[tuple[tuple[str | int, ...], Found]]:
    """The same of all rules of a rule file (its `groups`), each with its path in the document."""
    for index, group in enumerate(document.get("groups") or ()):
        for place, rule in enumerate(group.get("rules") or ()):
            for found in problems(str(rule.get("expr", "")), scraped):
                yield ("groups", index, "rules", place, "expr"), found
