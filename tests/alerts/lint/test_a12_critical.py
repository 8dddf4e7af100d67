"""A-12: the share of critical alerts."""

from __future__ import annotations

from tests.alerts.lint.sound import ALERT, changed, findings, said


def alerts(critical: int, others: int) -> str:
    """A file with so many alerts."""
    rows = [ALERT.replace("OrdersFail", f"Critical{number}") for number in range(critical)]
    calm = ALERT.replace("severity: critical", "severity: warning")
    rows += [calm.replace("OrdersFail", f"Warning{number}") for number in range(others)]
    return changed((ALERT, "".join(rows)))


def test_the_share() -> None:
    """Of twenty alerts seven may wake somebody; of a few alerts, or a part of a set, nothing is said."""
    assert said(alerts(7, 13), "A-12") == []
    assert [row[2] for row in said(alerts(8, 12), "A-12")] == ["8 of 20 alerts are critical, more than 35%"]
    assert said(alerts(9, 0), "A-12") == []
    assert findings(alerts(8, 12), share=False) == ()
    assert {row.severity for row in findings(alerts(8, 12))} == {"warning"}
