"""Buckets and quantiles that are asked for as `1` and are called `1.0` since Prometheus 3.

Source: https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser as promql

from alerts.promql.scraped import Scraped
from promql.reading import Found, walk

WHOLE = re.compile(r"\d+")
# What a regular expression may have between numbers that are meant one by one.
ALTERNATIVES = re.compile(r"\(?(?:\?:)?([\w.+|]*)\)?")


def numbers_as_text(tree: promql.Expr, scraped: Scraped) -> Iterator[Found]:
    """Whole numbers as values of `le` and `quantile` are found no more."""
    for part, _ in walk(tree):
        if not isinstance(part, promql.VectorSelector):
            continue
        for each in part.matchers.matchers:
            if each.name not in ("le", "quantile"):
                continue
            listed = ALTERNATIVES.fullmatch(each.value)
            equal = each.op in (promql.MatchOp.Equal, promql.MatchOp.NotEqual)
            values = [each.value] if equal else listed[1].split("|") if listed else []
            whole = [value for value in values if WHOLE.fullmatch(value)]
            if whole:
                message = f'{each.name}="{whole[0]}" is {each.name}="{whole[0]}.0" since Prometheus 3'
                yield "query-number-as-text", message, f'write "{whole[0]}.0"'
