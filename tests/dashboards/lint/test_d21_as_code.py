"""D-21: what belongs to one Grafana."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d21_as_code
from tests.dashboards.lint.sound import said, sound

CODE = d21_as_code.RULE.code


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, ""),
        ({"id": None, "__inputs": []}, ""),
        ({"editable": True}, "it can be edited in the browser"),
        ({"editable": None}, "it can be edited in the browser"),
        ({"id": 17}, "it has the id 17 of one Grafana's database"),
        ({"__inputs": [{"name": "DS"}]}, "__inputs is left over from an export"),
        ({"iteration": 1700000000000}, "iteration is left over from an export"),
    ],
)
def test_keys(changes: dict[str, object], message: str) -> None:
    """Ids, what is left of exports, and the switch for editing."""
    assert said({**sound(), **changes}, CODE) == ([("", message)] if message else [])
