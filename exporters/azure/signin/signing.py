"""What is said of a sign-in that failed: without secrets, and with what to do about it."""

from __future__ import annotations

import re

from estate.model import (
    CertificateCredential,
    CliCredential,
    Credential,
    ManagedCredential,
    SecretCredential,
)
from exporters.collector import CollectorError
from exporters.configuration.secrets import read

# Tokens and assertions: three parts of Base64.
_JWT = re.compile(r"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*")
_NUMBER = re.compile(r"AADSTS(\d+)")
# By Entra's number: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_REMEDIES = {
    "90002": "correct the tenant's id, or its cloud",
    "900023": "correct the tenant's id, or its cloud",
    "700016": "correct client_id, the tenant or its cloud: the application is not there",
    "7000215": "put the secret's value, not its id, behind the reference",
    "7000222": "make a new client secret, for this one has expired",
    "7000229": "give the application a service principal in this tenant",
    "700027": "add this certificate to the application, or point to the one that it has",
    "700024": "look at the clock of this machine, and whether the token file is renewed",
    "70021": "give the application a federated credential with this issuer and subject",
    "700211": "give the application a federated credential with this issuer",
    "700212": "give the application a federated credential for the audience api://AzureADTokenExchange",
    "700213": "give the application a federated credential with this subject",
    "70011": "correct arm_scope or metrics_scope, or the tenant's cloud",
    "500011": "correct arm_scope or metrics_scope, or the tenant's cloud",
}


def redacted(text: str, credential: Credential) -> str:
    """The text without what the credential's references hold, without tokens and trace ids."""
    for reference in _references(credential):
        try:
            secret = read(reference)
        except CollectorError:
            continue
        text = text.replace(secret, "…")
    # What follows names the call in Microsoft's logs, and makes each of equal failures another text.
    return _JWT.sub("…", text.split(" Trace ID:")[0])


def remedy(text: str, credential: Credential) -> str:
    """What to do about a failure, or nothing where its words say it."""
    number = _NUMBER.search(text)
    if number:
        return _REMEDIES.get(number[1], "")
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "name the CA of the authority, or of the proxy before it, in azure.ca_file"
    if ("new connection" in text or "resolve" in text) and not isinstance(credential, ManagedCredential):
        return "see network, DNS, proxy, and azure.authority"
    if "authority configuration" in text:
        return _REMEDIES["90002"]
    unavailable = "unavailable" in text or "no response" in text or "not found" in text
    match credential:
        case CliCredential():
            return "sign in with `az login`, or name another credential"
        case ManagedCredential() if unavailable:
            return "assign the identity to this machine, or name another credential"
        case CertificateCredential() if "assword" in text or "decrypt" in text or "deserialize" in text:
            return "see that the reference leads to PEM or PFX with a private key, and its password"
    return ""


def _references(credential: Credential) -> list[str]:
    match credential:
        case SecretCredential():
            return [credential.secret]
        case CertificateCredential() if credential.password:
            return [credential.password]
    return []
