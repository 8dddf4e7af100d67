"""Volumes that are there already.

Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims;
measured: growing on a class that cannot is a 403, and prometheus-operator makes the StatefulSet anew and
leaves the claims as they were.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.amount import amount
from deploy.targets.kubernetes.checks.inputs import Facts, Rendered, named
from deploy.targets.kubernetes.checks.pods import pods
from estate.problems import Problem


def volumes(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """A claim that would grow can. What would shrink, a plan says."""
    if facts.storage_classes is None:
        return
    live = {each["metadata"]["name"]: each["spec"] for each in facts.claims}
    growing = {each["metadata"]["name"] for each in facts.storage_classes if each.get("allowVolumeExpansion")}
    for each in pods(rendered.objects):
        for name, spec in each.claims:
            if name not in live or live[name].get("storageClassName") in growing:
                continue
            wanted, has = (row["resources"]["requests"]["storage"] for row in (spec, live[name]))
            if amount(wanted) > amount(has):
                kind = live[name].get("storageClassName") or ""
                asked = f"{named(each.owner)} asks for {wanted}; its claim {name} has {has}"
                fix = "use a class with allowVolumeExpansion, and move the data"
                yield Problem(
                    "volume-cannot-grow",
                    rendered.path("prometheus"),
                    f"{asked}, and {kind!r} cannot grow",
                    fix,
                )
                break
