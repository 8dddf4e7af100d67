"""TLS between clusters: who signs certificates, and where each cluster has its own from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate.model.row import Row
from estate.names import DnsName, SecretReference


class ReferencedCertificate(Row):
    """A certificate that somebody else makes and renews."""

    kind: Literal["reference"]
    certificate: SecretReference
    """Reference to the certificate in PEM, followed by those between it and its authority."""
    key: SecretReference
    """Reference to its private key in PEM, without a passphrase."""


class IssuedCertificate(Row):
    """A certificate that cert-manager issues and renews in the cluster."""

    kind: Literal["cert-manager"]
    issuer: DnsName
    """Name of the issuer."""
    issuer_kind: Literal["ClusterIssuer", "Issuer"] = "ClusterIssuer"
    """`Issuer` for one in the namespace of `kubernetes.namespace`."""


ClusterCertificate = Annotated[ReferencedCertificate | IssuedCertificate, Field(discriminator="kind")]


class TlsSettings(Row):
    """Mutual TLS on every way between two clusters. Each cluster then needs a certificate (`clusters.*.tls`).

    A certificate bears the name CLUSTER.DOMAIN and no other cluster's: by that name the other side knows it.
    """

    ca: SecretReference
    """Reference to the authorities that sign the certificates of clusters, in PEM."""
    hub_ca: SecretReference | None = None
    """Reference to the authority that signs the hub's certificate and no other.

    Sidecars then answer nobody but the hub. Without it they answer everybody whom `ca` has signed.
    """
    domain: DnsName | None = None
    """What follows the cluster's name in certificates; left out, the estate's name and `.internal`."""
