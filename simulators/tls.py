"""A certificate authority of the simulators' own, kept in a folder so that restarts do not break its
clients' trust.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import trustme
from cryptography.exceptions import UnsupportedAlgorithm


class CertificateError(Exception):
    """The folder of the certificate authority cannot be used; the message says why."""


def authority(folder: Path) -> trustme.CA:
    """The authority of `folder`: `ca.pem` for clients, `ca.key.pem` (mode 0600) for the next start.

    Both are made when they are missing or do not belong together. Raises CertificateError.
    """
    certificate, key = folder / "ca.pem", folder / "ca.key.pem"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = _reused(certificate, key)
        if known is not None:
            return known
        made = trustme.CA(
            organization_name="singlepane simulators", organization_unit_name="not for production"
        )
        _write(key, made.private_key_pem.bytes(), 0o600)
        _write(certificate, made.cert_pem.bytes(), 0o644)
    except OSError as error:
        raise CertificateError(
            f"the folder {folder} for the simulator's CA cannot be used: {error.strerror}"
        ) from None
    return made


def _reused(certificate: Path, key: Path) -> trustme.CA | None:
    if not (certificate.exists() and key.exists()):
        return None
    try:
        known = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        # A pair that does not belong together shows only when a certificate is checked against it.
        leaf = known.issue_cert("localhost")
        context = ssl.create_default_context(cadata=certificate.read_text())
        leaf.configure_cert(context)
        _handshake(leaf, context)
    except (ValueError, TypeError, UnsupportedAlgorithm, ssl.SSLError):
        return None
    return known


def _handshake(leaf: trustme.LeafCert, client: ssl.SSLContext) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(server)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    there = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (here, there):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, with its mode from the beginning."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)


def server_context(ca: trustme.CA, names: tuple[str, ...]) -> ssl.SSLContext:
    """A server's TLS settings with a fresh certificate for these host names and addresses."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    ca.issue_cert(*names).configure_cert(context)
    return context
