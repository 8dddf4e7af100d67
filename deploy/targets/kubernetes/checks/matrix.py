"""Which versions go together: a table with its sources. As of 2026-11.

A row says: from version `since` on, `engine` needs `needs` of at least `least`, or what `why` says happens.
"""

from __future__ import annotations

from dataclasses import dataclass

from deploy.targets.kubernetes.checks.numbers import Version
from estate.versions import ENGINES, IMAGES

# What is not pinned as an engine yet.
OURS = {"prometheus_operator": "0.93.1", "kube_state_metrics": "2.18.0", **ENGINES, **IMAGES}
# Kubernetes below is not tried by what runs in it: the README of kube-prometheus and the chart
# kube-prometheus-stack 88.5 (`kubeVersion: >=1.25.0-0`).
KUBERNETES_LEAST = (1, 25)


@dataclass(frozen=True, slots=True)
class Need:
    """One row."""

    engine: str
    since: Version
    needs: str
    least: Version
    why: str


# The most demanding row of an engine first: it alone is said.
NEEDS = (
    # prometheus-operator/prometheus-operator#8694, #8763, #8764
    Need(
        "prometheus_operator",
        (0, 93, 0),
        "thanos",
        (0, 42, 0),
        "the operator leaves compaction on, which sidecars before 0.42 refuse",
    ),
    # thanos-io/thanos#7930, #7893, #7923
    Need(
        "prometheus", (3, 0, 0), "thanos", (0, 37, 0), "a sidecar before 0.37 serves nothing of Prometheus 3"
    ),
    # The same: the operator delays compaction by a flag that older ones do not have.
    Need(
        "thanos",
        (0, 42, 0),
        "prometheus",
        (3, 9, 0),
        "Prometheus before 3.9 cannot wait with compaction until blocks are uploaded",
    ),
)
# The lowest versions that know every flag that we give: (version, flag, source).
FLOORS: dict[str, tuple[Version, str]] = {
    # thanos-io/thanos#8284
    "thanos": ((0, 39, 0), "--disable-admin-operations"),
    # prometheus/alertmanager#3045
    "alertmanager": ((0, 28, 0), "--enable-feature=receiver-name-in-metrics"),
}
