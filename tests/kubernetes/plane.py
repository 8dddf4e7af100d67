"""A control plane without nodes: the real etcd and the real API server on loopback. It needs no root.

Objects are stored, defaulted, refused and owned as in any cluster; nothing runs, since no controller looks at
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import trustme

from deploy.engines import find
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.connection import Access
from deploy.targets.kubernetes.cluster.definitions import MANAGER, apply, wanted
from estate.errors import ClusterError
from tests.cluster import kubeconfig
from tests.cluster.api import until
from tests.cluster.processes import Process
from tests.ports import free_port

HOST = "127.0.0.1"


class Plane:
    """One API server, with the definitions of our prometheus-operator; clusters by name all lead to it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def kubeconfig(self, *clusters: str) -> Path:
        """A kubeconfig with a context for each of these clusters."""
        path = self.folder / "kubeconfig"
        names = dict.fromkeys(clusters, self.folder)
        path.unlink(missing_ok=True)
        kubeconfig.write(path, kubeconfig.document(names, dict.fromkeys(clusters, self.url), "admin"))
        return path

    def api(self, cluster: str, namespace: str) -> Api:
        """A client that may do everything."""
        return Api(Access(cluster, str(self.kubeconfig(cluster)), cluster, namespace))

    def namespace(self, name: str) -> None:
        """Make a namespace."""
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self.api("made", name).apply(f"/api/v1/namespaces/{name}", body, MANAGER)


@contextmanager
def running(folder: Path) -> Iterator[Plane]:
    """Until the block ends. Raises ClusterError when it does not start."""
    _certificates(folder)
    clients, peers, secure = free_port(), free_port(), free_port()
    etcd = Process("etcd", _etcd(folder, clients, peers), folder / "etcd.log")
    server = Process("kube-apiserver", _apiserver(folder, clients, secure), folder / "kube-apiserver.log")
    plane = Plane(folder, f"https://{HOST}:{secure}")
    try:
        api = plane.api("made", "default")

        def answers(path: str) -> bool:
            for process in (etcd, server):
                process.expect_running()
            try:
                return bool(api.text(path))
            except ClusterError:
                # Among others 429, while the storage of a new kind is being made.
                return False

        until(partial(answers, "/readyz"), "an API server")

        def defined(definition: dict[str, Any]) -> bool:
            try:
                apply(api, definition)
            except ClusterError:
                # A busy machine takes longer for one of half a megabyte than a client waits.
                return False
            return True

        for each in wanted(find("prometheus_operator")):
            until(partial(defined, each), each["metadata"]["name"])
        for name in ("prometheuses", "prometheusrules", "servicemonitors", "podmonitors"):
            until(partial(answers, f"/apis/monitoring.coreos.com/v1/{name}"), name)
        # Made at the first question for it, for longer than Helm waits on a busy machine.
        until(partial(answers, "/openapi/v2"), "the schema of all kinds")
        yield plane
    finally:
        server.end()
        etcd.end()


def _certificates(folder: Path) -> None:
    authority = trustme.CA(organization_name="singlepane tests")
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    server = authority.issue_cert(HOST, "kubernetes.default.svc", common_name="apiserver")
    # Without an alternative name trustme writes an empty list of them as critical, which Go refuses.
    admin = authority.issue_cert("admin.client", common_name="admin", organization_name="system:masters")
    for name, made in (("apiserver", server), ("admin", admin)):
        (folder / f"{name}.crt").write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        made.private_key_pem.write_to_path(str(folder / f"{name}.key"))
    trustme.CA().private_key_pem.write_to_path(str(folder / "service-account.key"))


def _etcd(folder: Path, clients: int, peers: int) -> list[str]:
    here, there = f"http://{HOST}:{clients}", f"http://{HOST}:{peers}"
    return [
        str(find("etcd")),
        f"--data-dir={folder / 'etcd'}",
        "--unsafe-no-fsync",
        f"--listen-client-urls={here}",
        f"--advertise-client-urls={here}",
        f"--listen-peer-urls={there}",
        f"--initial-advertise-peer-urls={there}",
        f"--initial-cluster=default={there}",
    ]


def _apiserver(folder: Path, etcd: int, port: int) -> list[str]:
    return [
        str(find("kube_apiserver")),
        f"--etcd-servers=http://{HOST}:{etcd}",
        f"--bind-address={HOST}",
        f"--secure-port={port}",
        # What it writes of itself into the cluster must be no address of loopback.
        "--endpoint-reconciler-type=none",
        f"--tls-cert-file={folder}/apiserver.crt",
        f"--tls-private-key-file={folder}/apiserver.key",
        f"--client-ca-file={folder}/ca.crt",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={folder}/service-account.key",
        f"--service-account-signing-key-file={folder}/service-account.key",
        "--service-cluster-ip-range=10.96.0.0/24",
    ]
