"""Versions of an installed stack, beside the Thanos that it gets.

Source: prometheus-community/helm-charts, UPGRADE.md: chart 67 is the first with Prometheus 3 and operator
0.79; checks/matrix.py has the source of each row.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Installed, Object, Rendered
from deploy.targets.kubernetes.checks.matrix import NEEDS, OURS
from deploy.targets.kubernetes.checks.numbers import Version, minor, version
from estate.problems import Problem
from estate.stacks import CHART, server_of

# With it came Prometheus 3, for which our rules are written.
FIRST = (67, 0, 0)
OPERATOR = "prometheus_operator"
NONE: Version = (0, 0, 0)


def stack_versions(rendered: Rendered, found: Installed) -> Iterator[Problem]:
    """Its chart, its operator and its Prometheus get on with our rules and our Thanos."""
    release = found.release(rendered.row.kubernetes.stack.release)
    if release is None or release["chart"] != CHART:
        return
    path = rendered.path("kubernetes", "existing")
    called = f"{CHART} {release['version']}"
    if (version(release["version"]) or NONE) < FIRST:
        message = f"{called} is installed, with Prometheus 2: our rules are written for Prometheus 3"
        yield Problem("stack-version", path, message, "upgrade it to 67.0.0 or newer first")
        return
    thanos = rendered.estate.images.versions.thanos or OURS["thanos"]
    has = {OPERATOR: release["app"], "prometheus": _prometheus(rendered, found)}
    for need in NEEDS:
        installed = has.get(need.engine, "")
        if need.needs != "thanos" or (version(installed) or NONE) < need.since:
            continue
        if (version(thanos) or NONE) < need.least:
            with_it = f"{need.engine} {installed.removeprefix('v')}"
            message = f"{called} has {with_it}, and thanos {thanos} does not go with it: {need.why}"
            fix = f"use thanos {'.'.join(map(str, need.least))} or newer: images.versions.thanos"
            yield Problem("stack-version", path, message, fix)
            return
    if (minor(release["app"]) or (0, 0)) > (minor(OURS[OPERATOR]) or (0, 0)):
        newer = release["app"].removeprefix("v")
        message = f"{called} has operator {newer}, which has not been tried: {OURS[OPERATOR]} has"
        yield Problem("stack-version-untried", path, message, "begin with one cluster, as a wave of its own")


def _prometheus(rendered: Rendered, found: Installed) -> str:
    """The version that its object asks for."""
    each: Object | None = found.prometheus(server_of(rendered.estate, rendered.cluster))
    return str(each["spec"].get("version", "")) if each else ""
