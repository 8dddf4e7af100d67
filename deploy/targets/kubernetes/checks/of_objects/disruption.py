"""Disruption budgets.

Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/,
https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/error-code-poddrainfailure
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Rendered, named
from deploy.targets.kubernetes.checks.pods import Pods, pods
from estate.problems import Problem


def disruption(rendered: Rendered) -> Iterator[Problem]:
    """Every budget lets at least one pod go at a time."""
    found = pods(rendered.objects)
    for each in rendered.of("PodDisruptionBudget"):
        selected = [one for one in found if _selects(each["spec"].get("selector") or {}, one)]
        count = sum(one.count or 0 for one in selected)
        if count and _allowed(each["spec"], count) < 1:
            message = f"{named(each)} lets none of {count} pods go: their nodes cannot be drained"
            fix = "let one pod go at a time, or leave the budget out where there is one pod"
            yield Problem("disruption-blocked", rendered.path(), message, fix)


def _selects(selector: Mapping[str, Any], each: Pods) -> bool:
    labels = {**each.labels, **each.selector}
    return all(labels.get(name) == value for name, value in (selector.get("matchLabels") or {}).items())


def _allowed(spec: Mapping[str, Any], count: int) -> int:
    if "maxUnavailable" in spec:
        return _number(spec["maxUnavailable"], count)
    return count - _number(spec.get("minAvailable", 1), count)


def _number(value: int | str, count: int) -> int:
    """A number of pods; of a share, Kubernetes takes the next whole one."""
    if isinstance(value, int):
        return value
    return ceil(count * float(value.removesuffix("%")) / 100)
