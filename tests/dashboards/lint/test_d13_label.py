"""D-13: labels that a metric does not have."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d13_label
from tests.dashboards.lint.sound import OURS, asking, said

CODE = d13_label.RULE.code


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (f'kube_pod_status_phase{{phase="Failed", namespace="a", {OURS}}}', ""),
        (f'kube_pod_status_phase{{state="Failed", {OURS}}}', "kube_pod_status_phase has no label state"),
        (f'kube_pod_status_phase{{state="", {OURS}}}', ""),
        (f'kube_pod_status_phase{{job="a", instance="b", {OURS}}}', ""),
        (f'kube_pod_labels{{label_app="a", {OURS}}}', ""),
        (f'unknown{{anything="a", {OURS}}}', ""),
        (f"sum by (cluster, phase) (kube_pod_status_phase{{{OURS}}})", ""),
        (
            f"sum by (cluster, state) (kube_pod_status_phase{{{OURS}}})",
            "kube_pod_status_phase has no label state to group by",
        ),
        (
            f"sum by (cluster, code) (rate(thanos_query_frontend_queries_total{{{OURS}}}[5m]))",
            "thanos_query_frontend_queries_total has no label code to group by",
        ),
        (f'sum by (cluster, s) (label_replace(up{{{OURS}}}, "s", "x", "", ""))', ""),
        (f"sum by (cluster, le) (rate(prometheus_http_request_duration_seconds_bucket{{{OURS}}}[5m]))", ""),
        (f"sum by (cluster, $label) (up{{{OURS}}})", ""),
    ],
)
def test_labels(expr: str, message: str) -> None:
    """Of matchers and of groupings, where all labels are known."""
    assert said(asking(expr), CODE) == ([("Up.A", message)] if message else [])
