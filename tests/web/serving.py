"""A small application behind the shared server, and peers that misbehave, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvicorn
from starlette.types import Receive, Scope, Send

from web.bounds import Bounds
from web.connection import Connection
from web.crowd import Crowd
from web.listening import bind
from web.server import Server

# More than the buffers of both sides of a loopback connection take.
LARGE = b"x" * (32 * 2**20)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """`/large` answers 32 MiB, `/wait` takes its time, `/read` reads the body first; the others say ok."""
    path = scope["path"]
    if path == "/wait":
        await asyncio.sleep(1.5)
    if path == "/read":
        while (message := await receive())["type"] == "http.request" and message.get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            return
    body = LARGE if path == "/large" else b"ok"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(slots=True)
class Served:
    """Where it listens, its crowd, and what it said."""

    port: int
    crowd: Crowd
    said: list[str] = field(default_factory=list)

    def connect(self) -> socket.socket:
        """A connection that gives up waiting for an answer after 20 s."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def ask(self, path: str = "/") -> bytes:
        """A whole answer over a connection of its own."""
        with self.connect() as peer:
            peer.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            return rest(peer)


def rest(peer: socket.socket) -> bytes:
    """All until the other side closes; a reset is an end like any other."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := peer.recv(65536):
            parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def served(bounds: Bounds, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    """The application on a free port, in a thread."""
    said: list[str] = []
    crowd = Crowd(bounds, said.append)
    config = uvicorn.Config(
        application,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        ssl_context_factory=None if tls is None else lambda *_: tls,
        timeout_graceful_shutdown=2,
    )
    listener = bind("127.0.0.1", 0)
    server = Server(config, crowd)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield Served(listener.getsockname()[1], crowd, said)
    finally:
        server.should_exit = True
        thread.join(30)
