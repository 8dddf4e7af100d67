"""Ranges that lost the sample at their beginning: they are open on the left since Prometheus 3.

Source: https://prometheus.io/docs/prometheus/latest/migration/#range-selectors-and-lookback-exclude-samples-coinciding-with-the-left-boundary
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import promql_parser as promql

from alerts.promql.scraped import Scraped
from promql.reading import Found, walk

# Functions that need two samples in their range.
NEEDS_TWO = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"})
COUNTS = frozenset({"count_over_time", "sum_over_time"})


def left_open(tree: promql.Expr, scraped: Scraped) -> Iterator[Found]:
    """A range of one interval holds one sample now, and a subquery one step less."""
    for part, function in walk(tree):
        if isinstance(part, promql.MatrixSelector):
            length = _seconds(part.range)
            if function in NEEDS_TWO and length < 2 * scraped.interval:
                message = (
                    f"{function} over {length}s finds one sample where one comes every "
                    f"{scraped.interval}s, and so gives nothing"
                )
                yield "query-left-open", message, f"write {4 * scraped.interval}s or more"
        elif isinstance(part, promql.SubqueryExpr) and function in COUNTS:
            length, step = _seconds(part.range), _seconds(part.step)
            if step and length % step == 0:
                message = (
                    f"{function} over [{length}s:{step}s] takes {length // step} steps, one less than before"
                )
                yield "query-left-open", message, "compare with what it counts now"


def _seconds(length: timedelta | None) -> int:
    return int(length.total_seconds()) if length else 0
