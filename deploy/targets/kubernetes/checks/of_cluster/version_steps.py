"""From the versions that run to those that would.

Source: Thanos 0.x may break anything between minor versions (https://thanos.io/tip/thanos/changelog.md/), and
while clusters change one by one both are at work; Prometheus 3 writes what 2.54 cannot read
(https://prometheus.io/docs/prometheus/latest/migration/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deploy.targets.kubernetes.checks.inputs import Facts, Object, Rendered
from deploy.targets.kubernetes.checks.numbers import Version, version
from deploy.targets.kubernetes.checks.pods import pods
from estate.problems import Problem

FLOOR = (2, 55, 0)


def version_steps(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """Thanos goes one minor version at a time, and Prometheus back to none that cannot read its data."""
    old, new = _versions(facts.live), _versions(rendered.objects)
    if "thanos" in old and "thanos" in new:
        (text, has), (other, wanted) = old["thanos"], new["thanos"]
        if has[0] != wanted[0] or abs(has[1] - wanted[1]) > 1:
            step = min(wanted[1], has[1] + 1) if wanted > has else has[1] - 1
            message = f"Thanos {text} runs, and {other} would: more than one minor version at once"
            fix = f"go to {has[0]}.{step} first"
            yield Problem("version-jump", ("images", "versions", "thanos"), message, fix)
    if "prometheus" in old and "prometheus" in new:
        (text, has), (other, wanted) = old["prometheus"], new["prometheus"]
        if has >= (3, 0, 0) and wanted < FLOOR:
            message = f"Prometheus {text} runs, and {other} cannot read what it has written"
            path = ("images", "versions", "prometheus")
            yield Problem("prometheus-downgrade", path, message, "go back to 2.55 at most")


def _versions(objects: tuple[Object, ...]) -> Mapping[str, tuple[str, Version]]:
    """The lowest version of each program, by the tags of images."""
    found: dict[str, tuple[str, Version]] = {}
    for each in pods(objects):
        for container in each.containers():
            place, _, tag = container.get("image", "").partition("@")[0].rpartition(":")
            name, number = place.rsplit("/", 1)[-1], version(tag)
            if number is not None and (name not in found or number < found[name][1]):
                found[name] = (tag.removeprefix("v"), number)
    return found
