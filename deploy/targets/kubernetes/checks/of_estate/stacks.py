"""Names in an installed stack.

Source: docs/adopting.md: `existing` says that there is one, `stack` what is called otherwise in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate, Stack
from estate.problems import Problem
from estate.stacks import CHART


def stacks(estate: Estate) -> Iterator[Problem]:
    """They stand beside `existing`."""
    for name, row in estate.clusters.items():
        settings = row.kubernetes
        if settings.existing is None and settings.stack != Stack():
            path = ("clusters", name, "kubernetes", "stack")
            message = f"{name!r} names parts of an installed stack, and is not built on one"
            yield Problem("stack-unused", path, message, f"write existing: {CHART} beside it, or remove it")
