"""One real API server with its controllers and no node, for what goes wrong between an apply and a cluster.

Workloads have no pods: their controllers look at them, and are content with none.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy import engines
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.connection import Access
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.rendering.release import Release, Rendering
from deploy.targets.kubernetes.rollout.applying import Order
from deploy.targets.kubernetes.rollout.rollout import Rollout, Target, roll_out
from deploy.targets.kubernetes.rollout.waves import Group
from estate.model import Estate
from tests.cluster import commands, kubeconfig
from tests.cluster.plane import Loopback, Plane, running
from tests.cluster.processes import Process
from tests.kubernetes.estates import shop

CLUSTER = "hub-weu"
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Server:
    """The control plane, and a namespace of it as a cluster of the estate."""

    plane: Plane
    kubeconfig: Path
    namespace: str
    said: list[str] = field(default_factory=list)

    @property
    def access(self) -> Access:
        """As an administrator."""
        return Access(CLUSTER, str(self.kubeconfig), CLUSTER, self.namespace)

    @property
    def api(self) -> Api:
        """The API as ours asks it."""
        return Api(self.access)

    @property
    def estate(self) -> Estate:
        """The estate whose hub it is; its gates would ask a Query."""
        estate = shop()
        return estate.model_copy(update={"rollout": estate.rollout.model_copy(update={"gates": []})})

    @property
    def helm(self) -> Helm:
        """Helm towards it."""
        return Helm(engines.find("helm"), self.access, self.estate.name)

    def rendering(self, *objects: Object) -> Rendering:
        """What is wanted: one release of these objects."""
        return Rendering(
            self.estate.name,
            CLUSTER,
            self.namespace,
            (),
            (Release("it", self.namespace, "workload", objects),),
        )

    def order(self, **more: Any) -> Order:
        """How it is applied. No definitions: nothing here is of a kind that prometheus-operator brings."""
        return Order("tests", "1.0.0", Path(shutil.which("true") or ""), {}, timeout=240, **more)

    def roll_out(self, rendering: Rendering, **more: Any) -> int:
        """Apply it as the only wave; the revision. Raises RolloutStopped."""
        target = Target(self.api, self.helm)
        rollout = Rollout(
            self.estate,
            {CLUSTER: target},
            {CLUSTER: rendering},
            self.order(**more),
            lambda cluster, line: self.said.append(f"{cluster}: {line}"),
            lambda clusters: None,
        )
        return roll_out(rollout, (Group("hub", (CLUSTER,)),))


@contextmanager
def controlled(folder: Path) -> Iterator[Plane]:
    """A control plane with the controller manager, until the block ends."""
    with running(folder, engines.find) as plane:
        at = folder / "controller-manager.kubeconfig"
        servers, pki = {CLUSTER: plane.server}, {CLUSTER: plane.pki}
        kubeconfig.write(at, kubeconfig.document(pki, servers, "controller-manager"))
        program = engines.find("kube_controller_manager")
        words = commands.controller_manager(program, plane.pki, at, Loopback(1))
        manager = Process("kube-controller-manager", [*words, "--secure-port=0"], folder / "manager.log")
        try:
            yield plane
        finally:
            manager.end(seconds=0)


def config_map(name: str, **data: str) -> Object:
    """A ConfigMap in the form of the chart."""
    return {"kind": "ConfigMap", "name": name, "data": data}


def workload(kind: str, name: str, labels: Mapping[str, str] | None = None, **spec: Any) -> Object:
    """A Deployment or StatefulSet without pods."""
    chosen = dict(labels or {"app": name})
    container = {"name": "a", "image": "registry.example/a:1"}
    template = {"metadata": {"labels": chosen}, "spec": {"containers": [container]}}
    made = {"replicas": 0, "selector": {"matchLabels": chosen}, "template": template, **spec}
    return {"kind": kind, "name": name, "spec": made}


def claim(size: str) -> Object:
    """A volume claim template."""
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": wanted}
