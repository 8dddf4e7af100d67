"""A-04: annotations."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import changed, said


@pytest.mark.parametrize("name", ["summary", "description", "runbook_url", "dashboard_url"])
def test_an_annotation_that_is_missing_is_said(name: str) -> None:
    """Of each of the four."""
    found = said(changed((f"          {name}: ", f"          other_{name}: ")), "A-04")
    assert found == [(6, "OrdersFail", f"the alert has no {name}")]


def test_a_link_leads_somewhere() -> None:
    """A path alone cannot be opened from a message; a template can hold the address."""
    found = said(changed(("https://pane.example/runbooks", "/runbooks")), "A-04")
    assert found == [(19, "OrdersFail", "the runbook_url is no address that can be opened from a message")]
    assert said(changed(("https://pane.example/runbooks", "'{{ $externalLabels.pane }}/'#")), "A-04") == []
