"""A rule file without a finding, and what is found in it once something is changed."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.lint.programs import Problem
from alerts.lint.run import lint
from alerts.lint.values import Part
from estate.findings import Finding

SOUND = """\
groups:
  - name: shop
    rules:
      - record: cluster:orders:rate5m
        expr: sum by (cluster) (rate(orders_total[5m]))
      - alert: OrdersFail
        expr: |
          sum by (cluster) (rate(orders_total{status="failed"}[5m]))
            / (sum by (cluster) (rate(orders_total[5m])) > 1)
            > 0.05
        for: 10m
        labels:
          severity: critical
          team: shop
          component: orders
        annotations:
          summary: Orders of {{ $labels.cluster }} fail.
          description: Of all orders {{ $value | humanizePercentage }} have failed for 10 minutes.
          runbook_url: https://pane.example/runbooks/OrdersFail
          dashboard_url: https://pane.example/dashboards/shop?var-cluster={{ $labels.cluster }}
"""
ALERT = SOUND[SOUND.index("      - alert") :]


def silent(parts: Sequence[Part]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Programs that have nothing to say."""
    return (), ()


def findings(text: str, *more: str, cluster: str = "cluster", share: bool = True) -> tuple[Finding, ...]:
    """What our own rules find in a file, and in others of the same run."""
    texts = [(f"{number}.yaml", each) for number, each in enumerate((text, *more))]
    return lint(texts, silent, cluster, share)


def changed(*changes: tuple[str, str]) -> str:
    """The sound file with words of it changed; each must be there."""
    text = SOUND
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def said(text: str, code: str, *more: str) -> list[tuple[int, str, str]]:
    """Line, name and sentence of what a rule finds."""
    return [(row.position.line, row.path, row.message) for row in findings(text, *more) if row.code == code]


def asking(expr: str, kind: str = "alert") -> str:
    """The sound file with another expression in its alert, or in what it records."""
    written = SOUND[SOUND.index("        expr: |") : SOUND.index("        for:")]
    if kind == "record":
        return changed(("sum by (cluster) (rate(orders_total[5m]))\n      - alert", f"{expr}\n      - alert"))
    return changed((written, f"        expr: |\n          {expr}\n"))
