"""D-04: titles and descriptions."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d04_text
from tests.dashboards.lint.sound import said, sound

CODE = d04_text.RULE.code


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"title": " "}, [("panel 1", "there is no title")]),
        ({"title": None}, [("panel 1", "there is no title")]),
        ({"description": ""}, [("Up", "there is no description")]),
        ({"type": "text", "title": "", "description": ""}, []),
        ({"type": "row", "title": "", "description": ""}, []),
        ({"libraryPanel": {"uid": "x", "name": "y"}, "description": ""}, []),
    ],
)
def test_panels(changes: dict[str, object], found: list[tuple[str, str]]) -> None:
    """Every kind but texts, rows and what is kept elsewhere."""
    document = sound()
    document["panels"][0] |= changes
    assert said(document, CODE) == found


def test_a_dashboard_without_a_title() -> None:
    """It cannot be found in a list."""
    assert said({**sound(), "title": ""}, CODE) == [("", "the dashboard has no title")]
