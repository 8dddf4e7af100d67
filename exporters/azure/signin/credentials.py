"""Credentials of azure-identity, made out of a tenant's row. Imported when the first token is needed: the
library takes a second to load.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Any

from azure.core.credentials import TokenCredential
from azure.identity import (
    AzureCliCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from azure.identity import CertificateCredential as ClientCertificateCredential
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from estate.model import (
    CertificateCredential,
    CliCredential,
    ManagedCredential,
    SecretCredential,
    WorkloadCredential,
)
from exporters.azure.errors import AzureError
from exporters.azure.signin.sign_in import SignIn
from exporters.collector import CollectorError
from exporters.configuration.secrets import read

_CONNECT_SECONDS = 5
_READ_SECONDS = 10
_PEM = b"-----BEGIN"


def credential(sign_in: SignIn) -> TokenCredential:
    """A credential of azure-identity. Raises CollectorError when the environment lacks what it needs."""
    row = sign_in.credential
    match row:
        case CliCredential():
            return AzureCliCredential(tenant_id=sign_in.tenant, process_timeout=_READ_SECONDS)
        case ManagedCredential():
            # Its own retries stay: they are those that the machine's endpoint asks for.
            verify: dict[str, Any] = {"connection_verify": sign_in.ca_file or True}
            return ManagedIdentityCredential(client_id=row.client_id, read_timeout=_READ_SECONDS, **verify)
        case WorkloadCredential():
            return _workload(sign_in)
        case SecretCredential():
            return ClientSecretCredential(
                sign_in.tenant, _client_id(sign_in), read(row.secret), **_options(sign_in)
            )
        case CertificateCredential():
            password = read(row.password) if row.password else None
            return ClientCertificateCredential(
                sign_in.tenant,
                _client_id(sign_in),
                certificate_data=_certificate(row.certificate),
                password=password,
                **_options(sign_in),
            )


def certificate_ends(sign_in: SignIn) -> float | None:
    """When the client certificate of a credential expires, in Unix seconds; None where it has none, or none
    that can be read, which signing in says.
    """
    row = sign_in.credential
    if not isinstance(row, CertificateCredential):
        return None
    try:
        data = _certificate(row.certificate)
        if _PEM in data:
            first = x509.load_pem_x509_certificates(data)[0]
        else:
            password = read(row.password).encode() if row.password else None
            held = pkcs12.load_pkcs12(data, password).cert
            if held is None:
                return None
            first = held.certificate
    except (CollectorError, ValueError, TypeError):
        return None
    return first.not_valid_after_utc.timestamp()


def _workload(sign_in: SignIn) -> TokenCredential:
    client_id = _client_id(sign_in)
    try:
        return WorkloadIdentityCredential(tenant_id=sign_in.tenant, client_id=client_id, **_options(sign_in))
    except ValueError:
        raise AzureError(
            "workload identity is not set up here: AZURE_FEDERATED_TOKEN_FILE is not set; label the pod "
            "azure.workload.identity/use, or name another credential"
        ) from None


def _client_id(sign_in: SignIn) -> str:
    found = sign_in.client_id or os.environ.get("AZURE_CLIENT_ID", "")
    if not found:
        raise AzureError(
            "no client_id says which identity signs in: give the credential one, or set AZURE_CLIENT_ID"
        )
    return found


def _options(sign_in: SignIn) -> dict[str, Any]:
    return {
        "authority": sign_in.authority,
        # A custom authority is not known to the public instance list, and asking for it would call the
        # internet.
        "disable_instance_discovery": True,
        "connection_verify": sign_in.ca_file or True,
        "connection_timeout": _CONNECT_SECONDS,
        "read_timeout": _READ_SECONDS,
        "retry_total": 3,
        "retry_backoff_factor": 0.2,
    }


def _certificate(reference: str) -> bytes:
    """PEM or PFX behind a reference; a variable holds a PFX as Base64, as Key Vault hands it out."""
    if reference.startswith("file:"):
        try:
            return Path(reference.removeprefix("file:")).read_bytes()
        except OSError as error:
            raise AzureError(f"the certificate {reference} cannot be read: {error.strerror}") from None
    text = read(reference).encode()
    if _PEM in text:
        return text
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise AzureError(f"the certificate {reference} is neither PEM nor Base64 of a PFX") from None
