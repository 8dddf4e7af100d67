"""What singlepane itself renders passes its own checks."""

from __future__ import annotations

import pytest

from deploy.targets.kubernetes.checks import findings, live_findings, rendered_findings
from deploy.targets.kubernetes.rendering.render import render
from estate.load import load
from tests.checks.cases import facts
from tests.kubernetes.estates import SHOP, wish

LOADED = load(SHOP)
RENDERED = {each.cluster: each for each in render(wish(LOADED.estate))}


def test_the_example_is_warned_of_one_thing() -> None:
    """The estate of docs/kubernetes.md keeps its heartbeats inside, so that a demonstration shows them."""
    assert [found.code for found in findings(LOADED)] == ["heartbeat-inside"]


@pytest.mark.parametrize("cluster", RENDERED)
def test_objects_of_the_example_have_no_finding(cluster: str) -> None:
    """Every object of every cluster, checked before anybody is asked."""
    objects = RENDERED[cluster].manifests()
    assert len(objects) > 30
    assert rendered_findings(LOADED, cluster, objects) == ()


@pytest.mark.parametrize("cluster", RENDERED)
def test_a_restricted_namespace_takes_all_but_the_node_exporter(cluster: str) -> None:
    """It looks at its node, which no standard but `privileged` allows; nothing else needs that."""
    objects = RENDERED[cluster].manifests()
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    node = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    given = facts(
        {
            "version": "v1.36.3",
            "namespace": {"metadata": {"name": "monitoring", "labels": labels}},
            "nodes": [{"metadata": {"name": "node-1"}, "spec": {}, "status": {"allocatable": node}}],
            "storage_classes": [{"metadata": {"name": "managed-csi", "annotations": default}}],
        }
    )
    (found,) = live_findings(LOADED, cluster, objects, given)
    assert (found.code, "DaemonSet node-exporter" in found.message) == ("pod-security", True)
