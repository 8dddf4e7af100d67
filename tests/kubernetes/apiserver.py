"""A double of an API server: pods as a list, logs, and port-forwards that reach ports of this machine.

It speaks what the Python client of Kubernetes and `kubectl port-forward` speak: a WebSocket of the protocol
v4.channel.k8s.io. What real clusters answer is tested in tests/cluster.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.connection import Access

_FORWARD = re.compile(r"/api/v1/namespaces/monitoring/pods/([^/]+)/portforward")
_LOG = re.compile(r"/api/v1/namespaces/monitoring/pods/([^/]+)/log")
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class ApiServer:
    """`pods` are what it lists. `ports` maps pod and port to a port of this machine; `logs` pods to text.

    A pod in `forbidden` may not be forwarded to.
    """

    def __init__(self) -> None:
        self.pods: list[dict[str, Any]] = []
        self.ports: dict[tuple[str, int], int] = {}
        self.logs: dict[str, str] = {}
        self.forbidden: set[str] = set()
        self.forwarded: list[tuple[str, int]] = []
        self.server = _server(self)

    def kubeconfig(self, folder: Path, *clusters: str) -> Path:
        """A kubeconfig with a context for each of these clusters, all of them this server."""
        url = f"http://127.0.0.1:{self.server.server_port}"
        path = folder / "kubeconfig"
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "one", "cluster": {"server": url}}],
            "users": [{"name": "me", "user": {"token": "made-up"}}],
            "contexts": [{"name": each, "context": {"cluster": "one", "user": "me"}} for each in clusters],
            "current-context": clusters[0],
        }
        path.write_text(yaml.safe_dump(document))
        return path

    def api(self, folder: Path, cluster: str = "prod-weu") -> Api:
        """A client of it."""
        return Api(Access(cluster, str(self.kubeconfig(folder, cluster)), cluster, "monitoring"))


@contextmanager
def running() -> Iterator[ApiServer]:
    """The double, until the block ends."""
    double = ApiServer()
    thread = threading.Thread(target=double.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield double
    finally:
        double.server.shutdown()
        double.server.server_close()
        thread.join()


def _server(double: ApiServer) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if match := _FORWARD.fullmatch(parts.path):
                self._forward(match[1], int(parse_qs(parts.query)["ports"][0]))
            elif match := _LOG.fullmatch(parts.path):
                self._answer(200, double.logs.get(match[1], "").encode())
            elif parts.path == "/api/v1/namespaces/monitoring/pods":
                self._answer(200, json.dumps({"kind": "PodList", "items": double.pods}).encode())
            else:
                self._answer(404, b"404 page not found")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _status(self, code: int, reason: str, message: str) -> None:
            document = {"kind": "Status", "code": code, "reason": reason, "message": message}
            self._answer(code, json.dumps(document).encode())

        def _forward(self, pod: str, port: int) -> None:
            assert self.headers["authorization"] == "Bearer made-up"
            if pod in double.forbidden:
                self._status(
                    403,
                    "Forbidden",
                    f'pods "{pod}" is forbidden: User "me" cannot create resource "pods/portforward"'
                    ' in API group "" in the namespace "monitoring"',
                )
                return
            if pod not in {each for each, _ in double.ports}:
                self._status(404, "NotFound", f'pods "{pod}" not found')
                return
            double.forwarded.append((pod, port))
            key = hashlib.sha1(self.headers["Sec-WebSocket-Key"].encode() + _GUID).digest()  # noqa: S324 - RFC 6455
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", base64.b64encode(key).decode())
            self.send_header("Sec-WebSocket-Protocol", "v4.channel.k8s.io")
            self.end_headers()
            self.close_connection = True
            with suppress(OSError):
                self._tunnel(port, double.ports.get((pod, port)))

        def _tunnel(self, port: int, local: int | None) -> None:
            number = port.to_bytes(2, "little")
            self._send(b"\x00" + number)
            self._send(b"\x01" + number)
            if local is None:
                said = "an error occurred forwarding: dial tcp4 127.0.0.1: connect: connection refused"
                self._send(b"\x01" + said.encode())
                return
            with socket.create_connection(("127.0.0.1", local)) as inside:
                back = threading.Thread(target=self._back, args=(inside,), daemon=True)
                back.start()
                while (data := self._received()) is not None:
                    inside.sendall(data[1:])
                inside.shutdown(socket.SHUT_RDWR)
                back.join()

        def _back(self, inside: socket.socket) -> None:
            with suppress(OSError):
                while data := inside.recv(4096):
                    self._send(b"\x00" + data)
                self.connection.shutdown(socket.SHUT_RDWR)

        def _send(self, payload: bytes) -> None:
            length = len(payload)
            head = bytes((0x82, length)) if length < 126 else b"\x82\x7e" + length.to_bytes(2, "big")
            self.connection.sendall(head + payload)

        def _received(self) -> bytes | None:
            """The next binary message, or None at the end."""
            head = self.rfile.read(2)
            if len(head) < 2 or head[0] & 0xF == 8:
                return None
            length = head[1] & 0x7F
            if length == 126:
                length = int.from_bytes(self.rfile.read(2), "big")
            elif length == 127:
                length = int.from_bytes(self.rfile.read(8), "big")
            mask = self.rfile.read(4)
            return bytes(byte ^ mask[place % 4] for place, byte in enumerate(self.rfile.read(length)))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server
