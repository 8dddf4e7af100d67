"""Volumes that are there already.

Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims;
measured: growing on a class that cannot is a 403, and prometheus-operator makes the StatefulSet anew and
leaves the claims as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.targets.kubernetes.checks.amount import amount
from deploy.targets.kubernetes.checks.inputs import Facts, Object, Rendered, named
from deploy.targets.kubernetes.checks.pods import Pods, pods
from estate.problems import Problem


def volumes(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """No claim would shrink, and one that would grow can."""
    live = {each["metadata"]["name"]: each for each in facts.claims}
    classes = {each["metadata"]["name"]: each for each in facts.storage_classes}
    for each in pods(rendered.objects):
        wrong = [
            row for name, spec in each.claims if name in live for row in _of(each, spec, live[name], classes)
        ]
        for code, message, fix in wrong[:1]:
            yield Problem(code, rendered.path("prometheus"), message, fix)


def _of(
    each: Pods, spec: Mapping[str, Any], claim: Object, classes: Mapping[str, Object]
) -> Iterator[tuple[str, str, str]]:
    wanted, has = (row["resources"]["requests"]["storage"] for row in (spec, claim["spec"]))
    name, kind = claim["metadata"]["name"], claim["spec"].get("storageClassName") or ""
    if amount(wanted) < amount(has):
        message = f"{named(each.owner)} asks for {wanted}, and its claim {name} has {has}"
        yield "volume-shrinks", message, f"keep {has}: the series and the retention of the estate size it"
    elif amount(wanted) > amount(has) and not classes.get(kind, {}).get("allowVolumeExpansion"):
        message = (
            f"{named(each.owner)} asks for {wanted}; its claim {name} has {has}, and {kind!r} cannot grow"
        )
        yield "volume-cannot-grow", message, "use a class with allowVolumeExpansion, and move the data"
