"""The certificate that a server shows, and whether it asks for one in turn."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

SECONDS = 10.0
# One that asks for a certificate ends the connection at once; gRPC greets at once, HTTP waits to be asked.
REFUSAL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Shown:
    """`names` that a certificate bears, and from when to when it is valid. `asks`: its server refuses those
    who come without one.
    """

    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    asks: bool


async def shown(address: str, name: str) -> Shown:
    """What the server at `host:port` shows to one who asks for `name` and brings no certificate.

    Raises OSError (of which ssl.SSLError is one) and ValueError for a certificate that is none.
    """
    # Looking at it must work for one that nobody would trust; nothing is sent.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    host, _, port = address.rpartition(":")
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(host, int(port), ssl=context, server_hostname=name)
    try:
        channel: ssl.SSLObject = writer.get_extra_info("ssl_object")
        certificate = x509.load_der_x509_certificate(channel.getpeercert(binary_form=True) or b"")
        return Shown(
            _names(certificate),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            await _refused(reader),
        )
    finally:
        writer.transport.abort()


async def _refused(reader: asyncio.StreamReader) -> bool:
    """With TLS 1.3 a client learns only behind its own handshake that it was not enough."""
    try:
        async with asyncio.timeout(REFUSAL_SECONDS):
            return await reader.read(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(extension.value.get_values_for_type(x509.DNSName))
