"""One cluster: control plane on this machine, one node in namespaces of its own, and what a cloud adds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.cluster import (
    base_objects,
    certificates,
    cgroups,
    commands,
    kubeconfig,
    layers,
    machine,
    marks,
    settings,
)
from tests.cluster.addresses import Addresses
from tests.cluster.api import Api, until
from tests.cluster.cloud import DISKS, Cloud
from tests.cluster.errors import ClusterError
from tests.cluster.images import PAUSE
from tests.cluster.node import Node
from tests.cluster.processes import Process

# The engines that a cluster itself consists of.
ENGINES = (
    "etcd",
    "kube_apiserver",
    "kube_controller_manager",
    "kube_scheduler",
    "kubelet",
    "kube_proxy",
    "coredns",
)


class Cluster:
    """A cluster of one node. `start` and then `join` bring it up, `end` takes it away, from any state.

    `find` gives the path of a program by the name of its engine; `pause` is the program that pods begin with.
    """

    def __init__(self, name: str, folder: Path, find: Callable[[str], Path], pause: Path) -> None:
        self.name, self.folder = name, folder
        self._find, self._pause = find, pause
        folder.mkdir(parents=True)
        self._mark = marks.claim(name, folder)
        self.addresses = Addresses(self._mark.number)
        self.pki = folder / "pki"
        self.node_name = f"{name}-1"
        self._node: Node | None = None
        self._cloud: Cloud | None = None
        self._processes: list[Process] = []
        self._api: Api | None = None

    @property
    def api(self) -> Api:
        """Its API, as an administrator."""
        if self._api is None:
            self._api = Api(self.addresses.api, self.pki)
        return self._api

    @property
    def node(self) -> Node:
        """Its node. Raises ClusterError before `start`."""
        if self._node is None:
            raise ClusterError(f"{self.name} has no node yet")
        return self._node

    @property
    def images(self) -> Path:
        """containerd's folder, as this machine sees it."""
        return self.node.folder / "var" / "lib" / "containerd"

    def start(self, images: Path | None) -> None:
        """Start everything but the kubelet, with the images of another folder of containerd if there is one.

        Raises ClusterError and OSError.
        """
        self.pki.mkdir(mode=0o700)
        certificates.write(self.pki, self.node_name, self.addresses)
        cgroups.make(self._mark.cgroup)
        self._node = Node(self.node_name, self.addresses, self._pause, self.folder / "node")
        self._write_node()
        self._start_plane()
        if images:
            layers.share(images, self.images)
        self._inside("containerd", "containerd", "--config=/var/lib/kubernetes/containerd.toml")
        until(lambda: self._running() and self._ctr("version"), f"containerd of {self.name}")

    def take(self, images: Iterable[Path]) -> None:
        """Import images (tars); before `join`, or beside what runs. Raises ClusterError."""
        for tar in images:
            inside = self.node.folder / "var" / "tmp" / tar.name
            layers.link(tar, inside)
            self._ctr("images", "import", f"/var/tmp/{tar.name}")
            inside.unlink()

    def join(self) -> None:
        """Give the cluster what it has from its start, and let the node join it. Raises ClusterError."""
        self._wait_for_api()
        self.api.apply(*base_objects.storage_classes(), *base_objects.dns(self.addresses.dns))
        self._inside("kubelet", *commands.kubelet("/var/bin/kubelet", self.node_name, self.addresses))
        self._inside("kube-proxy", *commands.proxy("/var/bin/kube-proxy"))
        self._cloud = Cloud(self.api, self.addresses, self.node.folder / DISKS.removeprefix("/"))

    def wait(self) -> None:
        """Wait until the node is ready and names resolve. Raises ClusterError."""
        until(lambda: self._running() and self._ready(), f"a ready node of {self.name}")
        deployment = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
        until(
            lambda: self._running() and self.api.get(deployment)["status"].get("readyReplicas"),
            f"CoreDNS of {self.name}",
        )

    def end(self) -> None:
        """End it and remove all that it left on this machine."""
        if self._cloud:
            self._cloud.end()
        if self._node:
            self._node.end()
        for process in reversed(self._processes):
            process.end(seconds=0)
        if self._api:
            self._api.close()
        marks.remove(self._mark)

    def process(self, name: str) -> Process:
        """One of its processes, such as `kubelet` or `kube-apiserver`, for tests that break it."""
        return next(process for process in self._processes if process.name == name)

    def revive(self) -> None:
        """Start again what acts on objects, where it has ended, as whoever runs a control plane does.

        A scheduler may end itself when the API server comes back. Call it from the thread that started them.
        """
        for process in self._processes:
            if process.name in ("kube-scheduler", "kube-controller-manager") and process.ended:
                process.start_again()

    def _start_plane(self) -> None:
        pki, addresses = self.pki, self.addresses
        self._start("etcd", commands.etcd(self._find("etcd"), pki, self.folder / "etcd", addresses))
        self._start("kube-apiserver", commands.apiserver(self._find("kube_apiserver"), pki, addresses))

    def _wait_for_api(self) -> None:
        until(lambda: self._running() and self.api.get("/readyz") == "ok", f"the API server of {self.name}")
        manager = self._kubeconfig("controller-manager", self.folder)
        program = self._find("kube_controller_manager")
        self._start(
            "kube-controller-manager",
            commands.controller_manager(program, self.pki, manager, self.addresses),
        )
        scheduler = self._kubeconfig("scheduler", self.folder)
        self._start(
            "kube-scheduler", commands.scheduler(self._find("kube_scheduler"), scheduler, self.addresses)
        )

    def _write_node(self) -> None:
        """Its files below /var of the node: configuration, certificates, programs."""
        var = self.node.folder / "var"
        at = var / "lib" / "kubernetes"
        for name in ("ca.crt", "kubelet-server.crt", "kubelet-server.key"):
            shutil.copy(self.pki / name, at / "pki" / name)
        for client in ("kubelet", "proxy"):
            self._kubeconfig(client, at)
        (at / "resolv.conf").touch()
        (at / "containerd.toml").write_text(settings.containerd(PAUSE, str(machine.PLUGINS)))
        group = f"/{self._mark.cgroup}"
        documents = {
            at / "kubelet.json": settings.kubelet(self.addresses, group),
            at / "proxy.json": settings.proxy(self.node_name, self.addresses),
            var / "lib" / "cni" / "net.d" / "10-pods.conflist": settings.network(self.addresses),
        }
        for path, document in documents.items():
            path.write_text(json.dumps(document, indent=2))
        for name in ("kubelet", "kube-proxy"):
            layers.link(self._find(name.replace("-", "_")), var / "bin" / name)

    def _kubeconfig(self, client: str, folder: Path) -> Path:
        path = folder / f"{client}.kubeconfig"
        certificates_of = {self.name: self.pki}
        kubeconfig.write(path, kubeconfig.document(certificates_of, {self.name: self.addresses.api}, client))
        return path

    def _start(self, name: str, command: list[str] | tuple[str, ...]) -> None:
        self._processes.append(Process(name, command, self.folder / f"{name}.log"))

    def _inside(self, name: str, *command: str) -> None:
        self._start(name, self.node.command(*command))

    def _running(self) -> bool:
        for process in self._processes:
            process.expect_running()
        return True

    def _ctr(self, *arguments: str) -> bool:
        try:
            self.node.run("ctr", "--namespace=k8s.io", *arguments)
        except ClusterError:
            if arguments == ("version",):
                return False
            raise
        return True

    def _ready(self) -> bool:
        nodes = self.api.get("/api/v1/nodes")["items"]
        states = {each["type"]: each["status"] for node in nodes for each in node["status"]["conditions"]}
        return states.get("Ready") == "True"
