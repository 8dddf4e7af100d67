"""Estates as the tests of the Kubernetes target use them: the shop, as it would run in three clusters."""

from __future__ import annotations

from pathlib import Path

from deploy.cluster_wiring import cluster_components, rule_files
from deploy.targets.kubernetes.rendering.render import Wish
from estate.load import load
from estate.model import Estate

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "clusters.yaml"


def shop() -> Estate:
    """The example of docs/kubernetes.md."""
    return load(SHOP).estate


def wish(estate: Estate) -> Wish:
    """Everything that it asks for."""
    return Wish(estate, cluster_components(estate), rule_files(estate))
