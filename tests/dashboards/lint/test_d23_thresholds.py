"""D-23: thresholds and colours."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.lint.rules import d23_thresholds
from tests.dashboards.lint.sound import said, sound

CODE = d23_thresholds.RULE.code


NONE: dict[str, Any] = {"defaults": {"unit": "s", "noValue": "none"}, "overrides": []}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": "timeseries", "fieldConfig": NONE}, ""),
        ({"fieldConfig": NONE}, "it has no thresholds"),
        ({"type": "gauge", "fieldConfig": NONE}, "it has no thresholds"),
        (
            {"type": "bargauge", "fieldConfig": {"defaults": {"thresholds": {"steps": []}}}},
            "it has no thresholds",
        ),
        ({"options": {"textMode": "none"}}, "it shows a colour and no text"),
        ({"type": "state-timeline", "options": {"showValue": "never"}}, "it shows colours and no values"),
        ({"type": "status-history", "options": {"showValue": "auto"}}, ""),
    ],
)
def test_kinds(changes: dict[str, Any], message: str) -> None:
    """Figures by their thresholds, states by what they show beside the colour."""
    document = sound()
    document["panels"][0] |= changes
    assert said(document, CODE) == ([("Up", message)] if message else [])
