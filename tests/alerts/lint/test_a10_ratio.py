"""A-10: shares."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import asking, said

FAILED, ALL = "sum by (cluster) (rate(failed_total[5m]))", "sum by (cluster) (rate(all_total[5m]))"


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        (f"{FAILED} / {ALL} > 0.1", True),
        (f"max by (cluster) ({FAILED} / {ALL}) > 0.1", True),
        (f"{FAILED} / {ALL} > 0.1 and on (cluster) kube_node_info > 0", True),
        (f"{FAILED} / {ALL} > 0.1 and on (cluster) {FAILED} / {ALL} > 0.2", True),
        (f"{FAILED} / ({ALL} > 0) > 0.1", False),
        (f"{FAILED} / clamp_min({ALL}, 1) > 0.1", False),
        (f"({FAILED} / {ALL} > 0.1) and on (cluster) {ALL} > 1", False),
        (f"{FAILED} / 60 > 0.1", False),
        ("used_bytes / size_bytes > 0.9", False),
    ],
)
def test_shares(expr: str, found: bool) -> None:
    """Of traffic they are guarded by the traffic itself; another share guards nothing."""
    assert bool(said(asking(expr), "A-10")) is found


def test_what_is_recorded_may_be_no_number() -> None:
    """It is the alert on it that fires."""
    assert said(asking(f"{FAILED} / {ALL}", "record"), "A-10") == []
