"""How a tenant is signed in to: each way is a row of its own kind, and holds no secret."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate.model.row import Row
from estate.names import SecretReference, Uuid


class WorkloadCredential(Row):
    """Workload identity: a Kubernetes service account that Entra trusts."""

    kind: Literal["workload"]
    client_id: Uuid | None = None
    """Application or managed identity; AZURE_CLIENT_ID of the environment where it is left out."""


class ManagedCredential(Row):
    """The managed identity of the machine."""

    kind: Literal["managed"]
    client_id: Uuid | None = None
    """Client id of a user-assigned identity; the system-assigned one where it is left out."""


class SecretCredential(Row):
    """A client secret of an application."""

    kind: Literal["secret"]
    client_id: Uuid | None = None
    """Application that has the secret; AZURE_CLIENT_ID of the environment where it is left out."""
    secret: SecretReference
    """Reference to the client secret."""


class CertificateCredential(Row):
    """A client certificate of an application."""

    kind: Literal["certificate"]
    client_id: Uuid | None = None
    """Application that has the certificate; AZURE_CLIENT_ID of the environment where it is left out."""
    certificate: SecretReference
    """Reference to certificate and private key: PEM, or PFX (as Base64 where it is not a file)."""
    password: SecretReference | None = None
    """Reference to the password of the private key."""


class CliCredential(Row):
    """Whoever is signed in with the Azure CLI: for trying out at a desk."""

    kind: Literal["cli"]


Credential = Annotated[
    WorkloadCredential | ManagedCredential | SecretCredential | CertificateCredential | CliCredential,
    Field(discriminator="kind"),
]
WORKLOAD = WorkloadCredential(kind="workload")
