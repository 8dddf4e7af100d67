"""A control plane alone, on loopback: the real etcd and API server. Nothing runs in it.

Objects are stored, defaulted, refused and owned as in any cluster; no controller looks at them. It needs no
root and no containers. One serves for all clusters of an estate: each has a namespace of its own.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api as Client
from deploy.targets.kubernetes.cluster.connection import Access
from tests.cluster import certificates, commands, kubeconfig
from tests.cluster.addresses import Addresses
from tests.cluster.api import Api, until
from tests.cluster.processes import Process
from tests.ports import free_port

MACHINE = "127.0.0.1"


class Loopback(Addresses):
    """Of nothing but loopback: there is no node, and no number to be taken."""

    @property
    def machine(self) -> str:
        """This machine."""
        return MACHINE


class Plane:
    """etcd and an API server that answers at `server`; `api` is an administrator's."""

    def __init__(self, folder: Path, find: Callable[[str], Path]) -> None:
        self.folder, self.pki = folder, folder / "pki"
        self.pki.mkdir(mode=0o700)
        addresses = Loopback(1)
        self._authority = certificates.write(self.pki, "none", addresses)
        clients, peers, port = free_port(), free_port(), free_port()
        self.server = f"https://{MACHINE}:{port}"
        etcd = commands.etcd(find("etcd"), self.pki, folder / "etcd", addresses)
        serving = commands.apiserver(find("kube_apiserver"), self.pki, addresses)
        ports = {":2379": f":{clients}", ":2380": f":{peers}", "--secure-port=6443": f"--secure-port={port}"}
        # Without it the server writes its address for pods, and loopback is refused as one.
        alone = "--endpoint-reconciler-type=none"
        self.processes = [
            Process("etcd", _with(etcd, ports), folder / "etcd.log"),
            Process("kube-apiserver", [*_with(serving, ports), alone], folder / "apiserver.log"),
        ]
        self.api = Api(self.server, self.pki)

    def wait(self) -> None:
        """Until it answers. Raises ClusterError."""
        until(self._ready, "the API server", every=0.2)

    def _ready(self) -> bool:
        for process in self.processes:
            process.expect_running()
        return bool(self.api.get("/readyz") == "ok")

    def user(self, name: str) -> dict[str, str]:
        """The user of a kubeconfig for a person who may do what RBAC says, and nothing before."""
        made = self._authority.issue_cert(f"{name}.client", common_name=name, organization_name="people")
        chain = b"".join(blob.bytes() for blob in made.cert_chain_pems)
        return {
            "client-certificate-data": base64.b64encode(chain).decode(),
            "client-key-data": base64.b64encode(made.private_key_pem.bytes()).decode(),
        }

    def kubeconfig(
        self, path: Path, clusters: tuple[str, ...], user: Mapping[str, Any] | None = None
    ) -> Path:
        """A kubeconfig with a context for each of these clusters, all of them this server.

        `user` is None for an administrator.
        """
        pki, servers = dict.fromkeys(clusters, self.pki), dict.fromkeys(clusters, self.server)
        document: dict[str, Any] = kubeconfig.document(pki, servers, "admin")
        if user is not None:
            document["users"] = [{**row, "user": dict(user)} for row in document["users"]]
        kubeconfig.write(path, document)
        return path

    def client(self, cluster: str, namespace: str) -> Client:
        """An administrator as our own commands ask: a cluster of this name in a namespace of this server."""
        path = self.kubeconfig(self.folder / f"{cluster}.kubeconfig", (cluster,))
        return Client(Access(cluster, str(path), cluster, namespace))

    def finalize(self, namespace: str) -> None:
        """End a namespace that is being deleted, as the controller would that is not here."""
        document = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace},
            "spec": {"finalizers": []},
        }
        self.api.replace(f"/api/v1/namespaces/{namespace}/finalize", document)

    def end(self) -> None:
        """End both."""
        self.api.close()
        for process in reversed(self.processes):
            process.end(seconds=0)


@contextmanager
def running(folder: Path, find: Callable[[str], Path]) -> Iterator[Plane]:
    """A control plane, ready, until the block ends."""
    plane = Plane(folder, find)
    try:
        plane.wait()
        yield plane
    finally:
        plane.end()


def _with(words: list[str], ports: Mapping[str, str]) -> list[str]:
    for old, new in ports.items():
        words = [word.replace(old, new) for word in words]
    return words
