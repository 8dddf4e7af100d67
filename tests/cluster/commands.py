"""The command lines of a control plane and of a node: program first, then its flags in the order of its
reference.
"""

from __future__ import annotations

from pathlib import Path

from tests.cluster.addresses import Addresses


def etcd(program: Path, pki: Path, data: Path, addresses: Addresses) -> list[str]:
    """etcd for one cluster. What it holds goes away with the cluster, so it never waits for the disk."""
    clients, peers = f"https://{addresses.machine}:2379", f"http://{addresses.machine}:2380"
    return [
        str(program),
        f"--data-dir={data}",
        "--unsafe-no-fsync",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        "--client-cert-auth",
        f"--trusted-ca-file={pki}/ca.crt",
        f"--cert-file={pki}/etcd.crt",
        f"--key-file={pki}/etcd.key",
    ]


def apiserver(program: Path, pki: Path, addresses: Addresses) -> list[str]:
    """The API server. It reaches the kubelet by its address: the name of a node resolves nowhere."""
    return [
        str(program),
        f"--etcd-servers=https://{addresses.machine}:2379",
        f"--etcd-cafile={pki}/ca.crt",
        f"--etcd-certfile={pki}/apiserver-etcd.crt",
        f"--etcd-keyfile={pki}/apiserver-etcd.key",
        f"--bind-address={addresses.machine}",
        f"--advertise-address={addresses.machine}",
        "--secure-port=6443",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        f"--client-ca-file={pki}/ca.crt",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--kubelet-certificate-authority={pki}/ca.crt",
        f"--kubelet-client-certificate={pki}/apiserver-kubelet.crt",
        f"--kubelet-client-key={pki}/apiserver-kubelet.key",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={pki}/service-account.key",
        f"--service-account-signing-key-file={pki}/service-account.key",
        f"--service-cluster-ip-range={addresses.services}",
    ]


def controller_manager(program: Path, pki: Path, kubeconfig: Path, addresses: Addresses) -> list[str]:
    """The controller manager, alone and so without an election."""
    return [
        str(program),
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--bind-address={addresses.machine}",
        "--leader-elect=false",
        "--use-service-account-credentials",
        f"--service-account-private-key-file={pki}/service-account.key",
        f"--root-ca-file={pki}/ca.crt",
        f"--cluster-signing-cert-file={pki}/ca.crt",
        f"--cluster-signing-key-file={pki}/ca.key",
        "--node-monitor-grace-period=20s",
    ]


def scheduler(program: Path, kubeconfig: Path, addresses: Addresses) -> list[str]:
    """The scheduler, alone and so without an election."""
    return [
        str(program),
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--bind-address={addresses.machine}",
        "--leader-elect=false",
    ]


def kubelet(program: str, node: str, addresses: Addresses) -> list[str]:
    """The kubelet, as the node sees its files."""
    return [
        program,
        "--config=/var/lib/kubernetes/kubelet.json",
        "--kubeconfig=/var/lib/kubernetes/kubelet.kubeconfig",
        f"--hostname-override={node}",
        f"--node-ip={addresses.node}",
    ]


def proxy(program: str) -> list[str]:
    """kube-proxy, as the node sees its files."""
    return [program, "--config=/var/lib/kubernetes/proxy.json"]
