"""Pods that run already: those that an apply replaces, and all others."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.targets.kubernetes.checks.inputs import Object
from deploy.targets.kubernetes.checks.pods import Pods

ENDED = ("Succeeded", "Failed")


def others_of(running: Iterable[Object], made: Iterable[Pods]) -> list[Object]:
    """Running pods that none of these owners has: they stay, whatever is applied."""
    selectors = [(each.owner["metadata"].get("namespace"), each.selector) for each in made if each.selector]
    return [
        each
        for each in running
        if (each.get("status") or {}).get("phase") not in ENDED
        and not any(_is(each, namespace, selector) for namespace, selector in selectors)
    ]


def _is(pod: Object, namespace: str | None, selector: object) -> bool:
    labels = pod["metadata"].get("labels") or {}
    return (
        isinstance(selector, dict)
        and pod["metadata"].get("namespace") == namespace
        and all(labels.get(name) == value for name, value in selector.items())
    )
