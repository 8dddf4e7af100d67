"""A-08: absent()."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import asking, said


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        ('absent(up{job="orders"})', True),
        ("absent_over_time(up[5m])", True),
        ("up == 0 or absent(up)", True),
        ('absent(up{cluster="prod-weu"})', False),
        ('absent(up{cluster=~"prod-.*"})', True),
        ("singlepane_estate_cluster_info unless on (cluster) up", False),
    ],
)
def test_absent(expr: str, found: bool) -> None:
    """It is right of one cluster by name, and of nothing else."""
    assert bool(said(asking(expr), "A-08")) is found
