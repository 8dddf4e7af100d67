"""Who is at the other end of a connection: the cluster whose name its certificate bears."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from exporters.running.own import Counts
from exporters.serving.web.connection import names
from web.connection import Connection


@dataclass(frozen=True, slots=True)
class Peer:
    """A cluster, and from when to when its certificate is valid, in Unix seconds."""

    cluster: str
    begins: float
    ends: float


def speaking(counts: Counts, clusters: Mapping[str, str]) -> type[Connection]:
    """Connections whose requests carry their Peer as state. `clusters` is by the name in a certificate."""

    class Speaking(Connection):
        """HTTP/1.1 with one cluster."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as its base has it
            super().connection_made(transport)
            channel: ssl.SSLObject = transport.get_extra_info("ssl_object")
            certificate = channel.getpeercert() or {}
            known = {clusters[name] for name in names(certificate) if name in clusters}
            # Of a certificate with the names of two clusters nobody can tell whose it is.
            if len(known) != 1:
                counts.refuse("certificate")
                transport.abort()
                return
            begins, ends = (
                ssl.cert_time_to_seconds(str(certificate[key])) for key in ("notBefore", "notAfter")
            )
            self.app_state = {**self.app_state, "peer": Peer(known.pop(), begins, ends)}

    return Speaking
