"""D-05: units of panels and of columns."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.lint.rules import d05_unit
from tests.dashboards.lint.sound import said, sound, target

CODE = d05_unit.RULE.code


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        ("s", []),
        ("percentunit", []),
        ("suffix:cars", []),
        ("", [("Up", "its numbers have no unit")]),
        ("seconds", [("Up", "Grafana knows no unit 'seconds'")]),
        (7, [("Up", "its numbers have no unit")]),
    ],
)
def test_a_figure(unit: object, found: list[tuple[str, str]]) -> None:
    """A unit of Grafana's list, or of a form that it takes."""
    document = sound()
    document["panels"][0]["fieldConfig"]["defaults"]["unit"] = unit
    assert said(document, CODE) == found


def table(overrides: list[dict[str, Any]], transformations: list[dict[str, Any]]) -> dict[str, Any]:
    """Two columns of numbers."""
    document = sound()
    document["panels"][2] |= {
        "targets": [target("up"), target("up", "B")],
        "transformations": transformations,
    }
    document["panels"][2]["fieldConfig"]["overrides"] = overrides
    return document


def override(kind: str, options: object, unit: str = "s") -> dict[str, Any]:
    """A unit for some columns."""
    return {"matcher": {"id": kind, "options": options}, "properties": [{"id": "unit", "value": unit}]}


RENAMED = [
    {"id": "organize", "options": {"renameByName": {"Value #A": "Age"}, "excludeByName": {"Value #B": True}}}
]
MERGED = [{"id": "merge", "options": {}}]


@pytest.mark.parametrize(
    ("overrides", "transformations", "columns"),
    [
        ([], MERGED, ["Value #A", "Value #B"]),
        ([override("byName", "Value #A")], MERGED, ["Value #B"]),
        ([override("byFrameRefID", "A")], MERGED, ["Value #B"]),
        ([override("byNames", {"names": ["Value #A", "Value #B"]})], MERGED, []),
        ([override("byType", "number")], MERGED, []),
        ([override("byRegexp", "/Value.*/")], MERGED, []),
        ([], RENAMED, []),
        ([], [{"id": "reduce", "options": {}}], []),
    ],
)
def test_each_column_of_several(
    overrides: list[dict[str, Any]], transformations: list[dict[str, Any]], columns: list[str]
) -> None:
    """By whichever way an override names it; one that is left out or made anew is not looked at."""
    assert said(table(overrides, transformations), CODE) == [
        ("By target", f"column {column} has no unit") for column in columns
    ]


def test_a_column_with_a_unit_that_there_is_not() -> None:
    """Also in an override."""
    document = table([override("byType", "number", "secs")], MERGED)
    assert said(document, CODE)[0] == ("By target", "Grafana knows no unit 'secs', which column Value #A has")


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("graph", {"yaxes": [{"format": "s"}]}),
        ("singlestat", {"format": "s"}),
        ("heatmap", {"options": {"yAxis": {"unit": "s"}}}),
    ],
)
def test_where_other_kinds_have_it(kind: str, changes: dict[str, Any]) -> None:
    """Heat maps, and panels of before version 7."""
    document = sound()
    document["panels"][0] |= {"type": kind, "fieldConfig": {"defaults": {}, "overrides": []}}
    assert said(document, CODE) == [("Up", "its numbers have no unit")]
    document["panels"][0] |= changes
    assert said(document, CODE) == []


@pytest.mark.parametrize("kind", [{}, [], None, 7])
def test_a_transformation_whose_name_is_no_text(kind: object) -> None:
    """Which columns there are is not known then; nothing is said of them, and nothing breaks."""
    assert said(table([], [{"id": kind, "options": {}}]), CODE) == []
