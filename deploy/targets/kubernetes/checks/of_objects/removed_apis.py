"""APIs that a cluster's version does not serve any more.

Source: checks/removals.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Rendered, named
from deploy.targets.kubernetes.checks.numbers import minor
from deploy.targets.kubernetes.checks.removals import removed
from estate.problems import Problem


def removed_apis(rendered: Rendered) -> Iterator[Problem]:
    """Every object is of an API that the estate's version of its cluster serves."""
    release = minor(rendered.row.version)
    for each in rendered.objects if release else ():
        gone = removed(each["apiVersion"], each["kind"], release or (0, 0))
        if gone is not None:
            since, instead = gone
            message = f"{named(each)} is of {each['apiVersion']}, which Kubernetes {since} removed"
            yield Problem("api-removed", rendered.path("version"), message, f"use {instead}")
