"""D-07: windows of rates."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d07_window
from tests.dashboards.lint.sound import OURS, asking, said

CODE = d07_window.RULE.code


X = f"prometheus_http_requests_total{{{OURS}}}"


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (f"rate({X}[$__rate_interval])", ""),
        (f"rate({X}[$__range])", ""),
        (f"increase({X}[1d])", ""),
        (f"max_over_time(up{{{OURS}}}[5m])", ""),
        (f"rate({X}[5m])", "has a fixed window of 300s"),
        (f"irate({X}[2m:30s])", ""),
        (f"increase({X}[5m])", "has a fixed window of 300s"),
        (f"rate({X}[1d])", "has a fixed window of 86400s"),
        (f"rate({X}[$__interval])", "has the window $__interval"),
        (f"rate({X}[$window])", "has a window that a variable chooses"),
    ],
)
def test_windows(expr: str, message: str) -> None:
    """A long increase and the whole range are questions of their own."""
    found = said(asking(expr), CODE)
    assert [message in said_ for _, said_ in found] == ([True] if message else [])
