"""Network policies that never come to rest.

Source: measured on Kubernetes 1.36: a NetworkPolicy with `egress: []`, `from: []`, `ports: []` or
`matchLabels: {}` gets a new generation at every apply of the same text. No other kind does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Rendered, named
from estate.problems import Problem


def network_policies(rendered: Rendered) -> Iterator[Problem]:
    """No list or group in them is empty, but a selector of all pods."""
    for each in rendered.of("NetworkPolicy"):
        empty = next(_empty(each["spec"], "spec"), None)
        if empty is not None:
            message = f"{named(each)} has an empty {empty}: every apply would change it"
            yield Problem("network-policy-empty", rendered.path(), message, "leave the key out")


def _empty(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict | list) and not value and not path.endswith("Selector"):
        yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _empty(below, f"{path}.{key}")
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _empty(below, f"{path}.{index}")
