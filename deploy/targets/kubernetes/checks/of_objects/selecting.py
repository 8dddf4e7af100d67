"""Selectors of a Prometheus.

Source: measured with prometheus-operator 0.93.1: without any selector it leaves the configuration empty, and
a Thanos sidecar ends with `no external labels configured`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Rendered, named
from estate.problems import Problem

SELECTORS = (
    "serviceMonitorSelector",
    "podMonitorSelector",
    "probeSelector",
    "scrapeConfigSelector",
    "ruleSelector",
)


def selecting(rendered: Rendered) -> Iterator[Problem]:
    """Every Prometheus selects something, if only what is not there."""
    for each in rendered.of("Prometheus"):
        if all(each["spec"].get(name) is None for name in SELECTORS[:4]):
            message = f"{named(each)} has no selector: the operator would leave its configuration empty"
            yield Problem(
                "prometheus-unselected", rendered.path(), message, "write serviceMonitorSelector: {}"
            )
