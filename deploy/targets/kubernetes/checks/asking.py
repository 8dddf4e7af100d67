"""What a pod asks for: processors, memory, storage of its node.

Contract: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from deploy.targets.kubernetes.checks.amount import amount

Amounts = Mapping[str, Decimal]


def of_container(container: Mapping[str, Any], field: str) -> Amounts:
    """Its `requests` or `limits`. Where only a limit is set, the request is as high."""
    resources = container.get("resources") or {}
    written = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    if field == "limits":
        written = resources.get("limits") or {}
    return {name: amount(value) for name, value in written.items()}


def of_pod(spec: Mapping[str, Any], field: str = "requests") -> Amounts:
    """All containers together, or the one that runs first and asks for more."""
    total = sum_of(of_container(each, field) for each in spec["containers"])
    first: dict[str, Decimal] = {}
    for each in spec.get("initContainers") or ():
        for name, value in of_container(each, field).items():
            if each.get("restartPolicy") == "Always":
                total[name] = total.get(name, Decimal(0)) + value
            first[name] = max(first.get(name, Decimal(0)), value)
    return {
        name: max(total.get(name, Decimal(0)), first.get(name, Decimal(0))) for name in {**total, **first}
    }


def sum_of(parts: Iterable[Amounts]) -> dict[str, Decimal]:
    """Their sum, by resource."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        for name, value in part.items():
            total[name] += value
    return dict(total)
