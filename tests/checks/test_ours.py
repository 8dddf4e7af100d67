"""What singlepane itself renders passes its own checks."""

from __future__ import annotations

import pytest

from deploy.targets.kubernetes.checks import findings, rendered_findings
from deploy.targets.kubernetes.render import render
from estate.load import load
from tests.kubernetes.estates import SHOP, wish

LOADED = load(SHOP)
RENDERED = {each.cluster: each for each in render(wish(LOADED.estate))}


def test_the_example_is_warned_of_one_thing() -> None:
    """The estate of docs/kubernetes.md keeps its heartbeats inside, so that a demonstration shows them."""
    assert [found.code for found in findings(LOADED)] == ["heartbeat-inside"]


@pytest.mark.parametrize("cluster", RENDERED)
def test_objects_of_the_example_have_no_finding(cluster: str) -> None:
    """Every object of every cluster, checked before anybody is asked."""
    objects = [each for release in RENDERED[cluster].releases for each in release.manifests()]
    assert len(objects) > 30
    assert rendered_findings(LOADED, cluster, objects) == ()
