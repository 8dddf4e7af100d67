"""D-24: zero and nothing."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d24_no_value
from tests.dashboards.lint.sound import OURS, asking, said, sound

CODE = d24_no_value.RULE.code


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (0, "no targets", ""),
        (0, "", "it has no text for missing data"),
        (0, None, "it has no text for missing data"),
        (0, "0", "missing data is shown as '0'"),
        (0, "0.00 %", "missing data is shown as '0.00 %'"),
        (1, "", ""),
        (1, "0", "missing data is shown as '0'"),
        (2, "", "column Value has no text for missing data"),
        (2, "-", ""),
    ],
)
def test_texts(place: int, value: str | None, message: str) -> None:
    """Figures and tables need one; none may be a zero."""
    document = sound()
    document["panels"][place]["fieldConfig"]["defaults"]["noValue"] = value
    assert [found for _, found in said(document, CODE)] == ([message] if message else [])


def test_a_column_may_have_its_own() -> None:
    """By an override."""
    document = sound()
    document["panels"][2]["fieldConfig"] = {
        "defaults": {"unit": "short"},
        "overrides": [
            {"matcher": {"id": "byName", "options": "Value"}, "properties": [{"id": "noValue", "value": "-"}]}
        ],
    }
    assert said(document, CODE) == []


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        (f"up{{{OURS}}} or vector(0)", True),
        (f"sum by (cluster) (up{{{OURS}}} or (vector(0)))", True),
        (f"1 - (up{{{OURS}}} or vector(1))", True),
        (f"up{{{OURS}}} or 0 * up{{{OURS}}}", False),
        (f"(up{{{OURS}}} or vector(0)) and on () up{{{OURS}}}", False),
        ("vector(1)", False),
    ],
)
def test_numbers_that_are_made_up(expr: str, found: bool) -> None:
    """Wherever in the query."""
    message = "`or vector(…)` shows a number where there is no data"
    assert said(asking(expr), CODE) == ([("Up.A", message)] if found else [])
