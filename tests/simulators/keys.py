"""Keys, certificates and signed assertions for applications that sign in without a secret."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def public(self) -> str:
        """The certificate in PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def pem(self, password: str = "") -> bytes:
        """Certificate and key in PEM."""
        return self.public.encode() + self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _locked(password)
        )

    def pfx(self, password: str = "") -> bytes:
        """Certificate and key as PKCS #12."""
        return pkcs12.serialize_key_and_certificates(
            b"exporter", self.key, self.certificate, None, _locked(password)
        )


def _locked(password: str) -> serialization.KeySerializationEncryption:
    if not password:
        return serialization.NoEncryption()
    return serialization.BestAvailableEncryption(password.encode())


def pair(days: int = 30) -> Pair:
    """A new self-signed certificate; it ended with negative `days`."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "exporter")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate, key)


def encoded(value: object) -> bytes:
    """A part of a JWT."""
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=")


def signed(by: Pair, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    """A JWT with these claims; `header` is laid over that of RS256 with the certificate's thumbprint."""
    thumbprint = base64.urlsafe_b64encode(by.certificate.fingerprint(hashes.SHA1())).rstrip(b"=")  # noqa: S303
    head = {"alg": "RS256", "typ": "JWT", "x5t": thumbprint.decode(), **(header or {})}
    text = b".".join((encoded(head), encoded(claims)))
    pad = (
        padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        if head["alg"] == "PS256"
        else padding.PKCS1v15()
    )
    signature = by.key.sign(text, pad, hashes.SHA256())
    return b".".join((text, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()
