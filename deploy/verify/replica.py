"""The subjects of a verification: every Prometheus replica that the estate promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from estate.model import Estate
from estate.running import Deployment
from estate.stacks import adopted, server_of


@dataclass(frozen=True, slots=True)
class Replica:
    """One Prometheus with its sidecar, and the external labels that its stream must carry.

    `more`: those of an installed stack stand beside them.
    """

    cluster: str
    number: int
    labels: Mapping[str, str]
    more: bool = False

    def carried(self, labels: Mapping[str, str]) -> bool:
        """Whether a stream with these labels is its own."""
        return self.labels.items() <= labels.items() if self.more else self.labels == labels

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

    def called(name: str, number: int) -> str:
        return f"prometheus-{server_of(estate, name)}-{number}" if named else str(number)

    return tuple(
        Replica(
            name,
            number,
            {
                "cluster": name,
                **cluster.labels,
                estate.metrics.replica_label: called(name, number),
            },
            named and adopted(estate, name),
        )
        for name, cluster in estate.clusters.items()
        if name in with_prometheus
        for number in range(cluster.prometheus.replicas)
    )


def matcher_text(labels: Mapping[str, str]) -> str:
    """Labels as people read them: `{cluster="prod-weu", prometheus_replica="0"}`."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
