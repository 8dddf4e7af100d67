"""How a tenant is signed in to, as a value: who, by which credential, at which authority. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from estate.model import (
    CertificateCredential,
    CliCredential,
    Credential,
    SecretCredential,
    Tenant,
    WorkloadCredential,
)
from exporters.configuration.clouds import reached
from exporters.configuration.endpoints import Endpoints


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one tenant is signed in to. `tenant` is its id, `name` what the configuration calls it.

    `authority` is a URL; `ca_file` a PEM bundle that replaces the system's, or empty; `client_id` empty for
    AZURE_CLIENT_ID of the environment.
    """

    tenant: str
    credential: Credential
    authority: str
    ca_file: str = ""
    client_id: str = ""
    name: str = ""

    def __str__(self) -> str:
        where = f"{self.name} ({self.tenant})" if self.name else self.tenant
        return f"the tenant {where} by {spoken(self.credential)}"


def spoken(credential: Credential) -> str:
    """What a credential is, in words; references are named, what is behind them is not."""
    match credential:
        case WorkloadCredential():
            return "workload identity"
        case SecretCredential():
            return f"the client secret {credential.secret}"
        case CertificateCredential():
            return f"the client certificate {credential.certificate}"
        case CliCredential():
            return "the Azure CLI"
    return f"the managed identity {credential.client_id or 'of the system'}"


def instead(identity: str) -> Credential:
    """The credential that an exporter's `identity` stands for: `workload`, `cli` or a reference."""
    match identity:
        case "workload":
            return WorkloadCredential(kind="workload")
        case "cli":
            return CliCredential(kind="cli")
    return SecretCredential(kind="secret", secret=identity)


def sign_in(id: str, name: str, tenant: Tenant, endpoints: Endpoints, identity: str | None) -> SignIn:
    """How a tenant is signed in to; the exporter's `identity` goes before the tenant's own credential."""
    chosen = tenant.credential if identity is None else instead(identity)
    client_id = None if isinstance(chosen, CliCredential) else chosen.client_id
    here = reached(endpoints, tenant.cloud)
    return SignIn(id, chosen, here.authority, here.ca_file, client_id or endpoints.client_id or "", name)
