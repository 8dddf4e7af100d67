"""The release of an installed stack.

Source: Helm keeps each revision as a Secret of the release's namespace (helm.sh/helm/v4 pkg/storage/driver).
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Installed, Rendered
from estate.problems import Problem
from estate.stacks import CHART


def stack_release(rendered: Rendered, found: Installed) -> Iterator[Problem]:
    """It is there, of that chart, and nothing is about to change it."""
    settings = rendered.row.kubernetes
    name, path = settings.stack.release, rendered.path("kubernetes", "stack", "release")
    own = found.release(name)
    where = f"namespace {settings.namespace} of {rendered.cluster}"
    if own is None:
        others = sorted(each["name"] for each in found.releases if each["chart"] == CHART)
        message = f"there is no release {name} in {where}"
        fix = (
            f"it has {', '.join(others)}: name that one" if others else "see with `helm list -A` where it is"
        )
        yield Problem("stack-missing", path, message, fix)
    elif own["chart"] != CHART:
        message = f"release {name} in {where} is of the chart {own['chart']}, not of {CHART}"
        yield Problem("stack-missing", path, message, "name the release of the stack, as in `helm list`")
    elif own["status"] != "deployed":
        message = f"release {name} in {where} is {own['status']}"
        yield Problem("stack-missing", path, message, f"bring it to an end first: helm history {name}")
