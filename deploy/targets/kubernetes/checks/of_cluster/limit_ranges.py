"""Limit ranges.

Source: https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from deploy.targets.kubernetes.checks.amount import amount
from deploy.targets.kubernetes.checks.asking import of_container
from deploy.targets.kubernetes.checks.inputs import Facts, Rendered, named
from deploy.targets.kubernetes.checks.pods import pods
from estate.problems import Problem


def limit_ranges(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """Every container is within what its namespace allows one container."""
    for each in facts.limit_ranges:
        rows = [row for row in each["spec"].get("limits") or () if row.get("type") == "Container"]
        for owner in pods(rendered.objects):
            wrong = [
                f"container {container['name']} {said}"
                for row in rows
                for container in owner.containers()
                for said in _outside(container, row)
            ]
            if wrong:
                message = f"{named(owner.owner)}: {wrong[0]}, by LimitRange {each['metadata']['name']}"
                fix = "change the LimitRange, or use another namespace"
                yield Problem("limit-range", rendered.path("kubernetes", "namespace"), message, fix)


def _outside(container: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    defaults = {name: amount(value) for name, value in (row.get("default") or {}).items()}
    limits = {**defaults, **of_container(container, "limits")}
    asked = {
        **{
            name: amount(value)
            for name, value in (row.get("defaultRequest") or row.get("default") or {}).items()
        },
        **of_container(container, "requests"),
    }
    for name, text in (row.get("min") or {}).items():
        if asked.get(name, Decimal(0)) < amount(text):
            yield f"asks for less {name} than {text}"
    for name, text in (row.get("max") or {}).items():
        if name not in limits:
            yield f"has no limit of {name}, which is at most {text}"
        elif limits[name] > amount(text):
            yield f"may use more {name} than {text}"
