"""Pods of the estate on clusters, as samples and load see components: this machine reaches them itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deploy.targets.kubernetes.cluster.paths import collection
from tests.kubernetes.live import HUB, OTHER, SPACE, Live


@dataclass(frozen=True, slots=True)
class Pods:
    """The Prometheus servers and the Query of `live`."""

    live: Live

    def recorded(self) -> dict[str, Any]:
        """A row of each Prometheus. The operator makes the pod's name the value of the replica label."""
        rows = [
            {"name": pod, "kind": "prometheus", "cluster": each, "replica": pod}
            for each in (HUB, OTHER)
            for pod in (f"prometheus-{each}-0",)
        ]
        return {"components": rows}

    def address(self, component: str, port: str = "http") -> str:
        """Where a pod of the component listens for HTTP."""
        if component.startswith("prometheus-"):
            cluster = component.removeprefix("prometheus-").removesuffix("-0")
            return f"{self.pod(cluster, component)['status']['podIP']}:9090"
        services = collection("v1", "Service", SPACE)
        return f"{self.live.api(HUB).get(f'{services}/{component}')['spec']['clusterIP']}:10902"

    def pod(self, cluster: str, name: str) -> Any:
        """A pod by its name."""
        return self.live.api(cluster).get(f"{collection('v1', 'Pod', SPACE)}/{name}")
