"""D-12: recorded metrics."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d12_recorded
from tests.dashboards.lint.sound import OURS, asking, findings, said

CODE = d12_recorded.RULE.code


@pytest.mark.parametrize(
    ("name", "found"),
    [("cluster:up:sum", False), ("cluster:up:avg", True), ("up", False)],
)
def test_names_with_a_colon(name: str, found: bool) -> None:
    """They must be made by a rule that is given."""
    message = [("Up.A", f"no rule records {name}")] if found else []
    assert said(asking(f"{name}{{{OURS}}}"), CODE) == message


def test_the_name_that_was_meant() -> None:
    """Where one is alike."""
    (row,) = [each for each in findings(asking(f"cluster:up:sums{{{OURS}}}")) if each.code == CODE]
    assert row.fix == "did you mean cluster:up:sum? Else give the file of its rules with --rules"


def test_without_rules_nothing_is_looked_up() -> None:
    """They are taken on trust then."""
    assert said(asking(f"any:thing{{{OURS}}}"), CODE, recorded=None) == []
