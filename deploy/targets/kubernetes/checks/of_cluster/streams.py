"""External labels of what runs already.

Source: https://thanos.io/tip/thanos/storage.md/ (external labels are the identity of a stream, and have to be
persistent); blocks of other labels are never compacted with these (https://thanos.io/tip/components/compact.md/).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Facts, Object, Rendered, named
from estate.problems import Problem

NAMES = {"replicaExternalLabelName": "prometheus_replica", "prometheusExternalLabelName": "prometheus"}


def streams(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """A Prometheus keeps its labels, for ever."""
    live = {each["metadata"]["name"]: each for each in facts.live if each["kind"] == "Prometheus"}
    for each in rendered.of("Prometheus"):
        before = live.get(each["metadata"]["name"])
        if before is None:
            continue
        old, new = _labels(before), _labels(each)
        changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        if changed:
            words = ", ".join(
                f"{name} {old.get(name, 'none')!r} to {new.get(name, 'none')!r}" for name in changed
            )
            message = f"{named(each)} would change {words}: every series ends, and begins anew as another"
            yield Problem("stream-renamed", rendered.path("labels"), message, "keep the labels as they are")


def _labels(prometheus: Object) -> dict[str, Any]:
    spec = prometheus["spec"]
    return {
        **(spec.get("externalLabels") or {}),
        **{name: spec.get(name, usual) for name, usual in NAMES.items()},
    }
