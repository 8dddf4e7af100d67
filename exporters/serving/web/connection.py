"""Connections of clients whose certificate has none of the allowed names are ended before a request."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

import structlog

from exporters.running.own import Counts
from exporters.serving.web.live import Live
from web.connection import Connection

_KINDS = ("DNS", "email", "URI", "IP Address")

log = structlog.get_logger()


def names(certificate: Mapping[str, Any]) -> Iterator[str]:
    """The alternative names of a certificate as `SSLObject.getpeercert` gives it; addresses in short form."""
    for kind, value in certificate.get("subjectAltName", ()):
        if kind in _KINDS:
            yield str(ip_address(value.strip())) if kind == "IP Address" else value


def protocol(live: Live, counts: Counts) -> type[Connection]:
    """What uvicorn makes for each connection."""

    class Named(Connection):
        """HTTP/1.1 for those that may speak."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as its base has it
            super().connection_made(transport)
            allowed = live.now.allowed_sans
            if allowed is None:
                return
            peer: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
            certificate = (peer.getpeercert() if peer is not None else None) or {}
            if allowed.isdisjoint(names(certificate)):
                counts.refuse("certificate")
                log.warning("connection refused: no allowed name in the client's certificate")
                transport.abort()

    return Named
