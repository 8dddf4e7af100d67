"""TLS between clusters: which files a component needs for it, and how both ends are told of them.

Every cluster has one certificate with one name. It serves with it (the sidecar in a cluster, the alert gate
in the hub) and asks with it (Prometheus in a cluster, Query in the hub). Each end asks for the one name that
the other must have, so that a cluster's certificate is of no use to pose as another cluster.

Contracts: https://thanos.io/tip/components/query.md/#endpoint-configuration-file (`client_config`),
https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tls_config
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from estate.components import File, FilePath, Template, text

# Of all files, as cert-manager names them in the Secret that it writes.
FOLDER = "tls"
AUTHORITY = f"{FOLDER}/ca.crt"
CERTIFICATE = f"{FOLDER}/tls.crt"
KEY = f"{FOLDER}/tls.key"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key, in PEM."""

    certificate: Template
    key: Template


@dataclass(frozen=True, slots=True)
class Tls:
    """`ca` signs the certificates of clusters, `hub_ca` the hub's. `names` and `pairs` are by cluster."""

    hub: str
    ca: Template
    hub_ca: Template
    names: Mapping[str, str]
    pairs: Mapping[str, Pair]

    def files(self, cluster: str) -> tuple[File, ...]:
        """What a component of `cluster` needs: its own certificate, and who signs that of the other side."""
        own = self.pairs[cluster]
        authority = self.ca if cluster == self.hub else self.hub_ca
        return (
            File(AUTHORITY, authority, secret=True),
            File(CERTIFICATE, own.certificate, secret=True),
            File(KEY, own.key, secret=True),
        )

    def serving(self) -> tuple[Template, ...]:
        """Flags of a Thanos that answers over gRPC, and only to those who have a certificate."""
        return (
            text("--grpc-server-tls-cert=", FilePath(CERTIFICATE)),
            text("--grpc-server-tls-key=", FilePath(KEY)),
            text("--grpc-server-tls-client-ca=", FilePath(AUTHORITY)),
        )

    def endpoint(self, cluster: str) -> Mapping[str, Any]:
        """How Query asks an endpoint in `cluster`."""
        files = {"cert_file": CERTIFICATE, "key_file": KEY, "ca_file": AUTHORITY}
        config = {key: text(FilePath(file)) for key, file in files.items()}
        return {"client_config": {"tls_config": config, "server_name": self.names[cluster]}}

    def sending(self) -> Mapping[str, Any]:
        """How a Prometheus sends alerts to the hub."""
        files = {"ca_file": AUTHORITY, "cert_file": CERTIFICATE, "key_file": KEY}
        config: dict[str, Any] = {key: text(FilePath(file)) for key, file in files.items()}
        return {"scheme": "https", "tls_config": {**config, "server_name": self.names[self.hub]}}
