"""D-15: ids, letters and places."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.lint.rules import d15_layout
from tests.dashboards.lint.sound import said, sound, target

CODE = d15_layout.RULE.code


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"id": 1},
            [("Up", "another panel has the id 1 too"), ("Over time", "another panel has the id 1 too")],
        ),
        ({"id": None}, [("Over time", "it has no id")]),
        ({"targets": [target("up", "")]}, [("Over time", "1 of its queries have no refId")]),
        ({"targets": [target("up"), target("x")]}, [("Over time", "2 of its queries have the refId A")]),
        (
            {"gridPos": {"x": 20, "y": 0, "w": 12, "h": 8}},
            [("Over time", "it reaches out of the grid of 24 columns")],
        ),
        ({"gridPos": {"x": 6, "y": 0, "w": 12, "h": 8}}, [("Over time", "it overlaps Up")]),
        ({"gridPos": {"x": 0, "y": 4, "w": 12, "h": 4}}, [("Over time", "it overlaps Up")]),
        ({"gridPos": None}, [("Over time", "it has no place on the grid")]),
    ],
)
def test_one_panel_otherwise(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    """Each fault where it is."""
    document = sound()
    document["panels"][1] |= changes
    assert sorted(said(document, CODE)) == sorted(found)


@pytest.mark.parametrize(("collapsed", "overlaps"), [(True, 0), (False, 1)])
def test_a_collapsed_row_has_a_grid_of_its_own(collapsed: bool, overlaps: int) -> None:
    """An open one does not."""
    document = sound()
    inside = {**document["panels"][0], "id": 9, "title": "Inside"}
    row = {"id": 8, "type": "row", "title": "More", "collapsed": collapsed, "panels": [inside]}
    document["panels"].append({**row, "gridPos": {"x": 0, "y": 30, "w": 24, "h": 1}})
    assert len(said(document, CODE)) == overlaps
