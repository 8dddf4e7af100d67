"""Every component that runs in the clusters of an estate, those included that a cluster needs by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deploy.targets.kubernetes.objects import beside
from estate.components import Component
from estate.model import Estate
from estate.stacks import adopted


def expected(estate: Estate, components: Iterable[Component]) -> Iterator[Component]:
    """The components of an estate, then of each cluster the operator and what tells of nodes and objects.

    An installed stack has its own of these.
    """
    yield from components
    for cluster in estate.clusters:
        if adopted(estate, cluster):
            continue
        yield beside.operator(estate, cluster).component
        yield beside.kube_state_metrics(cluster).component
        yield beside.node_exporter(cluster).component
