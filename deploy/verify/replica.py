"""The subjects of a verification: every Prometheus replica that the estate promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from estate.model import Estate
from estate.running import Deployment


@dataclass(frozen=True, slots=True)
class Replica:
    """One Prometheus with its sidecar, and the external labels that its stream must carry."""

    cluster: str
    number: int
    labels: Mapping[str, str]

    @property
    def prometheus(self) -> str:
        """Component name of the Prometheus."""
        return f"prometheus-{self.cluster}-{self.number}"

    @property
    def sidecar(self) -> str:
        """Component name of its sidecar."""
        return f"sidecar-{self.cluster}-{self.number}"

    def matchers(self, **more: str) -> str:
        """PromQL matchers inside braces that select this replica's series and no other's."""
        pairs = {**self.labels, **more}
        return ",".join(f'{name}="{value}"' for name, value in pairs.items())


def replicas(estate: Estate, deployment: Deployment) -> tuple[Replica, ...]:
    """All replicas in the order of the estate. The hub counts when a Prometheus runs there.

    In clusters prometheus-operator writes the name of the pod into the label of the replica.
    """
    named = deployment.target == "kubernetes"
    with_prometheus = {*estate.workloads()} | {
        each.cluster for each in deployment.components if each.kind == "prometheus"
    }
    return tuple(
        Replica(
            name,
            number,
            {
                "cluster": name,
                **cluster.labels,
                estate.metrics.replica_label: f"prometheus-{name}-{number}" if named else str(number),
            },
        )
        for name, cluster in estate.clusters.items()
        if name in with_prometheus
        for number in range(cluster.prometheus.replicas)
    )


def matcher_text(labels: Mapping[str, str]) -> str:
    """Labels as people read them: `{cluster="prod-weu", prometheus_replica="0"}`."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
