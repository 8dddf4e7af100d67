"""D-16: kinds of panels."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d16_kind
from tests.dashboards.lint.sound import said, sound

CODE = d16_kind.RULE.code


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("state-timeline", ""),
        ("row", ""),
        ("graph", "panels of type graph were removed from Grafana"),
        ("singlestat", "panels of type singlestat were removed from Grafana"),
        ("acme-clock-panel", "acme-clock-panel is no panel of Grafana's own"),
        ("", "it has no type"),
    ],
)
def test_kinds(kind: str, message: str) -> None:
    """Grafana's own, removed ones, plugins."""
    document = sound()
    document["panels"][0]["type"] = kind
    assert said(document, CODE) == ([("Up", message)] if message else [])
