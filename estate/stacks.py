"""What is called how in a cluster with an installed kube-prometheus-stack, by the rules of its chart.

Contract: prometheus-community/helm-charts, charts/kube-prometheus-stack, templates/_helpers.tpl: the full
name of a release has at most 26 characters, and holds the name of the chart once.
"""

from __future__ import annotations

from estate.model import Estate, Stack

CHART = "kube-prometheus-stack"
LONGEST = 26


def adopted(estate: Estate, cluster: str) -> bool:
    """Whether the Prometheus of a cluster is that of an installed stack."""
    return estate.clusters[cluster].kubernetes.existing is not None


def full_name(release: str) -> str:
    """What the names of a release's objects begin with."""
    whole = release if CHART in release else f"{release}-{CHART}"
    return whole[:LONGEST].removesuffix("-")


def server_of(estate: Estate, cluster: str) -> str:
    """Name of the Prometheus object of a cluster: its pods are `prometheus-NAME-N`."""
    if not adopted(estate, cluster):
        return cluster
    stack = estate.clusters[cluster].kubernetes.stack
    return stack.prometheus or f"{full_name(stack.release)}-prometheus"


def account_of(estate: Estate, cluster: str) -> str:
    """ServiceAccount of the Prometheus of a cluster, which is also that of its sidecar."""
    if not adopted(estate, cluster):
        return "prometheus"
    stack = estate.clusters[cluster].kubernetes.stack
    return stack.account or f"{full_name(stack.release)}-prometheus"


def selected_by(estate: Estate, cluster: str) -> dict[str, str]:
    """Labels by which the Prometheus of a cluster selects monitors and rules; ours selects all of them."""
    return labels_of(estate.clusters[cluster].kubernetes.stack) if adopted(estate, cluster) else {}


def labels_of(stack: Stack) -> dict[str, str]:
    """The labels of its own monitors and rules."""
    return dict(stack.labels) or {"release": stack.release}
