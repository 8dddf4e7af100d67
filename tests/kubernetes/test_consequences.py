"""Changes that lose something are named, and others are not."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from deploy.targets.kubernetes.changes.consequences import of_change, of_deletion
from deploy.targets.kubernetes.rendering.render import render
from tests.kubernetes.estates import shop, wish

OBJECTS = {
    (each["kind"], each["metadata"]["name"]): each
    for rendering in render(wish(shop()), ("hub-weu",))
    for release in rendering.releases
    for each in release.manifests()
}
PROMETHEUS = OBJECTS["Prometheus", "hub-weu"]
STORE = OBJECTS["StatefulSet", "store"]
COMPACT = OBJECTS["StatefulSet", "compact"]


def _changed(manifest: Any, *path: Any, to: Any) -> dict[str, Any]:
    made: dict[str, Any] = deepcopy(manifest)
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return made


def _codes(before: Any, after: Any) -> list[str]:
    return [each.code for each in of_change(before, after)]


def test_nothing_is_lost_where_nothing_changes() -> None:
    """For every object of the hub."""
    assert [key for key, each in OBJECTS.items() if _codes(each, each)] == []


STORAGE = ("spec", "storage", "volumeClaimTemplate", "spec", "resources", "requests", "storage")
CLAIM = ("spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage")


@pytest.mark.parametrize(
    ("before", "path", "to", "codes"),
    [
        (PROMETHEUS, ("spec", "externalLabels", "environment"), "test", ["stream-cut"]),
        (PROMETHEUS, ("spec", "externalLabels", "stage"), "test", ["stream-cut"]),
        (PROMETHEUS, ("spec", "replicaExternalLabelName"), "replica", ["stream-cut"]),
        (PROMETHEUS, ("spec", "retention"), "6h", ["samples-deleted"]),
        (PROMETHEUS, ("spec", "retention"), "2d", []),
        (PROMETHEUS, STORAGE, "1Gi", ["volume-shrinks", "statefulset-recreated"]),
        (PROMETHEUS, STORAGE, "1Ti", ["statefulset-recreated"]),
        (PROMETHEUS, ("spec", "replicas"), 2, []),
        (STORE, CLAIM, "10Gi", ["volume-shrinks", "statefulset-recreated"]),
        (STORE, ("spec", "serviceName"), "other", ["statefulset-recreated"]),
        (STORE, ("spec", "replicas"), 3, []),
    ],
)
def test_what_a_change_loses(before: Any, path: tuple[Any, ...], to: Any, codes: list[str]) -> None:
    """By the object and the key that changes."""
    assert _codes(before, _changed(before, *path, to=to)) == codes


@pytest.mark.parametrize(("old", "new", "codes"), [("90d", "30d", ["blocks-deleted"]), ("90d", "180d", [])])
def test_blocks_that_the_compactor_would_delete(old: str, new: str, codes: list[str]) -> None:
    """https://thanos.io/tip/components/compact.md/#flags."""
    path = ("spec", "template", "spec", "containers", 0, "args")
    words = [["--retention.resolution-raw=" + length] for length in (old, new)]
    before, after = (_changed(COMPACT, *path, to=each) for each in words)
    assert _codes(before, after) == codes


def test_what_is_lost_with_an_object() -> None:
    """A Prometheus has up to three hours that are in no block yet; a ConfigMap has nothing."""
    assert [each.code for each in of_deletion(PROMETHEUS)] == ["prometheus-deleted"]
    assert [each.code for each in of_deletion(OBJECTS["Alertmanager", "main"])] == ["silences-deleted"]
    assert list(of_deletion(OBJECTS["ConfigMap", "query"])) == []
