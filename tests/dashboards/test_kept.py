"""What dashboards ask of a cluster is what its Prometheus keeps: lists of metrics are short on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser

from dashboards import DASHBOARDS
from dashboards.interpolate import Choice, interpolated
from dashboards.values import queries
from deploy.targets.kubernetes.objects import observed
from deploy.targets.kubernetes.objects.beside import DROPPED
from promql.selectors import uses
from tests.dashboards.golden import of

LISTS = {
    "kubelet": observed.KUBELET_METRICS,
    "cadvisor": observed.CONTAINER_METRICS,
    "apiserver": observed.API_SERVER_METRICS,
    "coredns": observed.DNS_METRICS,
}


def _asked() -> Iterator[tuple[str, str]]:
    """Jobs and names of metrics that our dashboards ask of them."""
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels():
            for _, query in queries(panel):
                tree = promql_parser.parse(interpolated(query.expr, of(dashboard, Choice())))
                for use in uses(tree):
                    for each in use.selector.matchers.matchers:
                        if each.name == "job":
                            yield each.value, use.name


def test_every_metric_asked_for_is_kept() -> None:
    """Under its job, by the very expression that Prometheus is given."""
    asked = set(_asked())
    assert {job for job, _ in asked} >= set(LISTS)
    lost = [
        (job, name) for job, name in asked if job in LISTS and not re.fullmatch("|".join(LISTS[job]), name)
    ]
    assert lost == []


def test_nothing_asked_for_is_dropped() -> None:
    """Of kube-state-metrics, which keeps all but a few."""
    dropped = re.compile("|".join(DROPPED))
    assert [name for job, name in _asked() if job == "kube-state-metrics" and dropped.fullmatch(name)] == []
