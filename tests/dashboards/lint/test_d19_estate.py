"""D-19: dashboards over the whole estate."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d19_estate
from tests.dashboards.lint.sound import OURS, asking, said

CODE = d19_estate.RULE.code


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("kube_node_info", True),
        ("cluster:up:sum", False),
        ("ALERTS", False),
        ("singlepane_estate_cluster_info", False),
        ("slo:current_burn_rate:ratio", False),
    ],
)
def test_what_is_read_raw(name: str, found: bool) -> None:
    """Where the dashboard bears the tag, and nowhere else."""
    document = asking(f"{name}{{{OURS}}}")
    assert said(document, CODE) == []
    document["tags"] = ["singlepane", "estate"]
    message = f"{name} is read raw, over all clusters at once"
    assert said(document, CODE) == ([("Up.A", message)] if found else [])
