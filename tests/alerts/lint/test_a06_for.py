"""A-06: `for`."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import changed, findings, said

AT_ONCE = (6, "OrdersFail", "the alert fires at once: it has no `for`")
WITHOUT = ("        for: 10m\n", "")


@pytest.mark.parametrize("written", ["", "        for: 0s\n", "        for: 0m\n", '        for: ""\n'])
def test_an_alert_that_fires_at_once(written: str) -> None:
    """Also where `for` is nothing."""
    assert said(changed(("        for: 10m\n", written)), "A-06") == [AT_ONCE]


@pytest.mark.parametrize("place", ["      - alert: OrdersFail\n", "        for: 10m\n"])
def test_a_reason_stands_in_a_comment(place: str) -> None:
    """Above the rule or within it; of a comment of the neighbour it has nothing."""
    comment = "# lint: A-06 because each order counts\n"
    indent = " " * (len(place) - len(place.lstrip()))
    rule = f"      - alert: OrdersFail\n        {comment}"
    text = changed((place, f"{indent}{comment}{place}" if "alert" in place else f"{indent}{comment}"))
    assert said(text.replace("        for: 10m\n", ""), "A-06") == []
    assert said(changed(WITHOUT).replace("      - alert: OrdersFail\n", rule), "A-06") == []
    neighbour = changed(WITHOUT, ("        expr: sum", f"        {comment}        expr: sum"))
    assert [row.message for row in findings(neighbour)] == [
        "this exception from A-06 excepts nothing",
        AT_ONCE[2],
    ]
