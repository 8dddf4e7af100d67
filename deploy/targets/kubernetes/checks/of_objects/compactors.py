"""Compactors.

Source: https://thanos.io/tip/components/compact.md/ (one for a bucket; no horizontal scaling without shards).
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Rendered, named
from deploy.targets.kubernetes.checks.pods import Pods, pods
from estate.problems import Problem


def compactors(rendered: Rendered) -> Iterator[Problem]:
    """One pod of one object compacts the bucket, on the hub."""
    found = [each for each in pods(rendered.objects) if _compacts(each)]
    wrong = ""
    if sum(each.count or 1 for each in found) > 1:
        wrong = f"{' and '.join(named(each.owner) for each in found)} would be more than one compactor"
    elif found and rendered.cluster != rendered.estate.hub:
        wrong = f"{named(found[0].owner)} would compact beside the hub's"
    elif found and found[0].owner["kind"] == "Deployment":
        rolling = (found[0].owner["spec"].get("strategy") or {}).get("type", "RollingUpdate")
        if rolling != "Recreate":
            wrong = f"{named(found[0].owner)} would be two compactors during each change"
    if wrong:
        fix = "one StatefulSet with one replica, on the hub"
        yield Problem("compactor-twice", rendered.path(), wrong, fix)


def _compacts(each: Pods) -> bool:
    return any(
        "thanos" in container.get("image", "") and (container.get("args") or [""])[0] == "compact"
        for container in each.spec["containers"]
    )
