"""D-14: values that a label never has."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d14_value
from tests.dashboards.lint.sound import OURS, asking, findings, said

CODE = d14_value.RULE.code


@pytest.mark.parametrize(
    ("matcher", "wrong"),
    [
        ('phase="Failed"', ""),
        ('phase="failed"', "'failed'"),
        ('phase=~"Failed|Unknown"', ""),
        ('phase=~"Failed|lost"', ""),
        ('phase=~"failed|unknown"', "'failed' or 'unknown'"),
        ('phase=~"(?:failed|lost)"', "'failed' or 'lost'"),
        ('phase=~"fail.*"', ""),
        ('phase!="failed"', ""),
        ('phase="$phase"', ""),
        ('namespace="whatever"', ""),
    ],
)
def test_values(matcher: str, wrong: str) -> None:
    """Closed sets alone, and only where no value of the matcher can occur."""
    message = [("Up.A", f"phase of kube_pod_status_phase is never {wrong}")] if wrong else []
    assert said(asking(f"kube_pod_status_phase{{{matcher}, {OURS}}}"), CODE) == message


def test_the_alert_that_never_fires() -> None:
    """Azure's recommended KubePodFailedState asks for a phase that kube-state-metrics does not have.

    Source: Azure/prometheus-collector, AddonBicepTemplate/recommendedMetricAlerts.bicep (MIT).
    """
    expr = 'sum by (cluster, namespace, controller) (kube_pod_status_phase{phase="failed"}) > 0'
    (found,) = [row for row in findings(asking(expr)) if row.code == CODE]
    assert found.fix == "it is one of Failed, Pending, Running, Succeeded, Unknown"
