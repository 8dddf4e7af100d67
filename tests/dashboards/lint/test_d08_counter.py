"""D-08: counters and what is none."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d08_counter
from tests.dashboards.lint.sound import OURS, asking, said

CODE = d08_counter.RULE.code


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (f"rate(prometheus_http_requests_total{{{OURS}}}[5m])", ""),
        (f"count by (cluster) (prometheus_http_requests_total{{{OURS}}})", ""),
        (f"changes(prometheus_http_requests_total{{{OURS}}}[1h])", ""),
        (f"absent(prometheus_http_requests_total{{{OURS}}})", ""),
        (f"prometheus_http_requests_total{{{OURS}}}", "prometheus_http_requests_total only ever grows"),
        (f"deriv(prometheus_http_requests_total{{{OURS}}}[5m])", "prometheus_http_requests_total only ever"),
        (
            f"sum by (le) (prometheus_http_request_duration_seconds_bucket{{{OURS}}})",
            "prometheus_http_request_duration_seconds_bucket only ever grows",
        ),
        (f"mine_total{{{OURS}}}", "mine_total only ever grows"),
        (f"rate(up{{{OURS}}}[5m])", "up is a gauge and has no rate"),
        (f"rate(mine{{{OURS}}}[5m])", ""),
        (f"cluster:jobs_total{{{OURS}}}", ""),
    ],
)
def test_types(expr: str, message: str) -> None:
    """From the catalogue; by the name where it is not in it."""
    found = said(asking(expr), CODE)
    assert [said_.startswith(message) for _, said_ in found] == ([True] if message else [])


def test_the_first_error_of_the_thanos_dashboards_that_is_one_of_type() -> None:
    """They rate go_memstats_heap_alloc_bytes, which is a gauge."""
    found = said(asking(f"rate(go_memstats_heap_alloc_bytes{{{OURS}}}[30s])"), CODE)
    assert found == [("Up.A", "go_memstats_heap_alloc_bytes is a gauge and has no rate")]
