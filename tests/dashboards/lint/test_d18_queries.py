"""D-18: how much one opening asks."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d18_queries
from tests.dashboards.lint.sound import said, sound, target

CODE = d18_queries.RULE.code


def many(count: int) -> list[dict[str, object]]:
    """Queries of one panel."""
    return [target("up", f"A{number}") for number in range(count)]


@pytest.mark.parametrize(
    ("count", "found"), [(28, []), (29, [("", "it runs 31 queries when opened, more than 30")])]
)
def test_queries_of_open_panels(count: int, found: list[tuple[str, str]]) -> None:
    """Two more come from the other panels."""
    document = sound()
    document["panels"][0]["targets"] = many(count)
    assert said(document, CODE) == found


def test_what_is_hidden_or_collapsed_is_not_asked() -> None:
    """Before somebody opens it."""
    document = sound()
    document["panels"][0]["targets"] = [{**each, "hide": True} for each in many(40)]
    inside = {**document["panels"][1], "id": 9, "targets": many(40)}
    document["panels"].append(
        {"id": 8, "type": "row", "title": "More", "collapsed": True, "panels": [inside]}
    )
    assert said(document, CODE) == []
