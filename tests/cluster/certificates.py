"""The certificates of one cluster: an authority of its own, and who it vouches for.

Who may do what follows from the names in them, as Kubernetes documents them (reference/access-authn-
authz/rbac, "Core component roles"; setup/best-practices/certificates).
"""

from __future__ import annotations

from pathlib import Path

import trustme

from tests.cluster.addresses import Addresses

# Files by client: common name and organization.
CLIENTS = {
    "admin": ("admin", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", "singlepane tests"),
    "scheduler": ("system:kube-scheduler", "singlepane tests"),
    "proxy": ("system:kube-proxy", "singlepane tests"),
    "apiserver-kubelet": ("kube-apiserver-kubelet-client", "system:masters"),
    "apiserver-etcd": ("kube-apiserver-etcd-client", "singlepane tests"),
}


def write(folder: Path, node: str, addresses: Addresses) -> trustme.CA:
    """Write `ca.crt`, and NAME.crt and NAME.key of every server and client, into `folder`; keys for their
    owner alone. Gives the authority.

    `ca.key` and `service-account.key` are there too: the controller manager signs with them.
    """
    authority = trustme.CA(organization_name="singlepane tests")
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    _key(folder / "ca.key", authority.private_key_pem)
    _key(folder / "service-account.key", trustme.CA().private_key_pem)
    services = (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    )
    servers = {
        "apiserver": (addresses.machine, addresses.kubernetes, *services),
        "etcd": (addresses.machine,),
        "kubelet-server": (addresses.node, node),
    }
    for name, identities in servers.items():
        _write(folder, name, authority.issue_cert(*identities, common_name=name))
    for name, (common, organization) in {
        **CLIENTS,
        "kubelet": (f"system:node:{node}", "system:nodes"),
    }.items():
        # Without an alternative name trustme writes an empty list of them as critical, which Go refuses.
        made = authority.issue_cert(f"{name}.client", common_name=common, organization_name=organization)
        _write(folder, name, made)
    return authority


def _write(folder: Path, name: str, made: trustme.LeafCert) -> None:
    (folder / f"{name}.crt").write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    _key(folder / f"{name}.key", made.private_key_pem)


def _key(path: Path, pem: trustme.Blob) -> None:
    path.touch(mode=0o600)
    pem.write_to_path(str(path))
