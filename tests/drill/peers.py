"""Peers that hold a server up: they open connections and say nothing, or next to nothing. Bounded."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HEAD = b"POST /api/v1/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
BODY = (
    b"POST /api/v1/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n"
)
KINDS = (b"", HEAD, BODY)
_DRIP_SECONDS = 1.0


@dataclass(slots=True)
class Peers:
    """How many connections were opened in all: one that was ended is opened again at once."""

    opened: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def hold(self, url: str, count: int) -> None:
        """Keep that many connections of each kind open, a byte a second on two of the three."""
        held: list[tuple[bytes, socket.socket | None]] = [
            (kind, None) for kind in KINDS for _ in range(count)
        ]
        while not self._stop.is_set():
            held = [(kind, self._kept(url, kind, peer)) for kind, peer in held]
            self._stop.wait(_DRIP_SECONDS)
        for _, peer in held:
            if peer is not None:
                peer.close()

    def _kept(self, url: str, kind: bytes, peer: socket.socket | None) -> socket.socket | None:
        """The connection with a byte more, or a new one for one that was ended."""
        if peer is not None:
            if not _ended(peer, drip=bool(kind)):
                return peer
            peer.close()
        if self._stop.is_set():
            return None
        place = urlsplit(url)
        try:
            opened = socket.create_connection((place.hostname, place.port), timeout=5)
            opened.sendall(kind)
        except OSError:
            return None
        self.opened += 1
        return opened

    def stop(self) -> None:
        """Let go."""
        self._stop.set()


def _ended(peer: socket.socket, *, drip: bool) -> bool:
    try:
        if drip:
            peer.send(b"x")
        peer.setblocking(False)
        return peer.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        peer.setblocking(True)


@contextmanager
def holding(url: str, count: int) -> Iterator[Peers]:
    """That many connections of each kind for as long as the block runs."""
    peers = Peers()
    thread = threading.Thread(target=peers.hold, args=(url, count), daemon=True)
    thread.start()
    try:
        yield peers
    finally:
        peers.stop()
        thread.join(30)
