"""What a query reads."""

from __future__ import annotations

import promql_parser
import pytest

from promql.selectors import uses


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("up", [("up", None, "", "")]),
        ("rate(x_total[5m])", [("x_total", 300.0, "rate", "")]),
        ("sum by (a) ((x))", [("x", None, "", "sum")]),
        ("count(x > 0) / max_over_time(y[1h:1m])", [("x", None, "", ""), ("y", None, "max_over_time", "")]),
        ("-(x)", [("x", None, "", "")]),
        ('{__name__="x", job="y"}', [("x", None, "", "")]),
        ('{__name__=~"x|y"}', [("", None, "", "")]),
        ("histogram_quantile(0.9, sum by (le) (rate(b_bucket[1m])))", [("b_bucket", 60.0, "rate", "")]),
        ("time()", []),
    ],
)
def test_uses(query: str, read: list[tuple[str, float | None, str, str]]) -> None:
    """Name, window in seconds, and the function and the operator right around it."""
    found = uses(promql_parser.parse(query))
    assert [
        (each.name, each.window and each.window.total_seconds(), each.function, each.aggregate)
        for each in found
    ] == read
