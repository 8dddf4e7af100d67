"""A-11: names of recorded series."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import changed, said


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("cluster:orders:rate5m", False),
        (":node_memory_MemTotal_bytes:sum", False),
        ("slo:sli_error:ratio_rate5m", False),
        ("orders", True),
        ("cluster:orders", True),
        ("cluster:namespace:orders:sum", True),
        ("cluster::sum", True),
    ],
)
def test_names(name: str, found: bool) -> None:
    """Three parts, of which the first may be empty where nothing is left of the labels."""
    assert bool(said(changed(("cluster:orders:rate5m", f'"{name}"')), "A-11")) is found
