"""Client assertions: the signed texts by which an application proves itself without a secret.

Contracts: https://learn.microsoft.com/entra/identity-platform/certificate-credentials and
https://learn.microsoft.com/entra/workload-id/workload-identity-federation.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from simulators.azure.fleet import Principal

EXCHANGE = "api://AzureADTokenExchange"


class Fault(NamedTuple):
    """Why an assertion is refused: HTTP status, Entra's number, and its sentence."""

    status: int
    number: int
    message: str


class Parts(NamedTuple):
    """A JWT in pieces. `signed` are the bytes under the signature."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def fault(principal: Principal, assertion: str, audiences: tuple[str, ...], now: float) -> Fault | None:
    """What is wrong with an assertion, or None. `audiences` are the addresses of this token endpoint.

    One that names a certificate must be signed by it; any other must fit a federated credential, and its
    signature, whose keys the issuer has, is not looked at.
    """
    parts = _parts(assertion)
    if parts is None:
        return Fault(400, 50027, "JWT token is invalid or malformed.")
    if "x5t" in parts.header or "x5t#S256" in parts.header:
        return _certificate(principal, parts, audiences, now)
    return _federated(principal, parts.claims, now)


def _federated(principal: Principal, claims: Mapping[str, Any], now: float) -> Fault | None:
    audience = claims.get("aud")
    if EXCHANGE not in (audience if isinstance(audience, list) else [audience]):
        return Fault(
            400,
            700212,
            f"No matching federated identity record found for presented assertion audience '{audience}'.",
        )
    if late := _late(claims, now):
        return late
    issuer, subject = claims.get("iss"), claims.get("sub")
    if any(one.issuer == issuer and one.subject == subject for one in principal.federated):
        return None
    return Fault(
        400,
        700213,
        f"No matching federated identity record found for presented assertion subject '{subject}'.",
    )


def _certificate(principal: Principal, parts: Parts, audiences: tuple[str, ...], now: float) -> Fault | None:
    claims = parts.claims
    if {str(claims.get(name)).lower() for name in ("iss", "sub")} != {principal.client_id.lower()}:
        return Fault(
            401, 700021, "Client assertion application identifier doesn't match 'client_id' parameter."
        )
    if claims.get("aud") not in audiences:
        return Fault(401, 700023, "Client assertion audience claim does not match Realm issuer.")
    if late := _late(claims, now):
        return late
    shown = _thumbprint(parts)
    certificate = next((one for one in _registered(principal) if shown in _thumbprints(one)), None)
    if certificate is None:
        return Fault(
            401,
            700027,
            "The certificate with identifier used to sign the client assertion is not registered on "
            "application. [Reason - The key was not found., "
            f"Thumbprint of key used by client: '{shown.hex().upper()}']",
        )
    if certificate.not_valid_after_utc.timestamp() <= now:
        return Fault(
            401, 700027, "Client assertion failed signature validation. [Reason - The key used is expired.]"
        )
    if not _signed(certificate, parts):
        return Fault(
            401,
            700027,
            "Client assertion failed signature validation. [Reason - The provided signature value did not "
            "match the expected signature value.]",
        )
    return None


def _late(claims: Mapping[str, Any], now: float) -> Fault | None:
    begin, end = claims.get("nbf", 0), claims.get("exp")
    # Five minutes of clock skew are allowed at the beginning.
    if not isinstance(end, int | float) or not isinstance(begin, int | float) or not begin - 300 <= now < end:
        return Fault(401, 700024, "Client assertion is not within its valid time range.")
    return None


def _registered(principal: Principal) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(text.encode()) for text in principal.certificates]


def _thumbprints(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    # SHA-1 is what `x5t` means; it names the key and guards nothing.
    return certificate.fingerprint(hashes.SHA1()), certificate.fingerprint(hashes.SHA256())  # noqa: S303


def _thumbprint(parts: Parts) -> bytes:
    return _decoded(str(parts.header.get("x5t#S256") or parts.header.get("x5t"))) or b""


def _signed(certificate: x509.Certificate, parts: Parts) -> bool:
    key = certificate.public_key()
    pads: Mapping[str, padding.AsymmetricPadding] = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH),
    }
    pad = pads.get(str(parts.header.get("alg")))
    if pad is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(parts.signature, parts.signed, pad, hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _parts(assertion: str) -> Parts | None:
    pieces = assertion.split(".")
    decoded = [_decoded(piece) for piece in pieces]
    if len(pieces) != 3 or None in decoded[:2]:
        return None
    try:
        header, claims = (msgspec.json.decode(piece or b"") for piece in decoded[:2])
    except ValueError:
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    return Parts(header, claims, f"{pieces[0]}.{pieces[1]}".encode(), decoded[2] or b"")


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
