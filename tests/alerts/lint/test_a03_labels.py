"""A-03: labels, and the cluster."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import asking, changed, findings, said


@pytest.mark.parametrize("name", ["severity", "team", "component"])
def test_a_label_that_is_missing_is_said(name: str) -> None:
    """Of each of the three, and of one that is empty."""
    wrong = said(changed((f"          {name}: ", f"          other_{name}: ")), "A-03")
    assert wrong == [(6, "OrdersFail", f"the alert has no label {name}")]
    assert said(changed((f"          {name}: ", f'          {name}: ""\n          x: ')), "A-03") == wrong


def test_a_severity_that_no_route_knows() -> None:
    """At the line of the label; a template may become anything."""
    found = said(changed(("severity: critical", "severity: page")), "A-03")
    assert found == [(13, "OrdersFail", "the severity 'page' is none that routes know")]
    assert said(changed(("severity: critical", 'severity: "{{ $labels.s }}"')), "A-03") == []


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("sum(up) < 1", "the result has no cluster: sum without `by` drops it"),
        ("sum by (job) (up) < 1", "the result has no cluster: sum by (job) drops it"),
        ("time()", "the result has no cluster: it is a number"),
        ("up == on (job) kube_node_info", "`== on (job)` joins series of different clusters"),
        ("sum without (job) (up) < 1", ""),
        ("up == 0", ""),
    ],
)
def test_the_cluster_stays(expr: str, message: str) -> None:
    """In alerts and in what is recorded; joins do not mix clusters."""
    for kind, name in (("alert", "OrdersFail"), ("record", "cluster:orders:rate5m")):
        found = [(row[1], row[2]) for row in said(asking(expr, kind), "A-03")]
        assert (name, message) in found if message else found == []


def test_a_label_of_the_rule_says_the_cluster() -> None:
    """Whoever writes it there knows it; and another label can tell clusters apart."""
    rule = asking("sum(up) < 1").replace(
        "          team: shop", "          team: shop\n          cluster: hub"
    )
    assert said(rule, "A-03") == []
    own = asking("sum by (site) (up) < 1").replace("by (cluster)", "by (site)")
    assert [row.code for row in findings(own, cluster="site")] == []
