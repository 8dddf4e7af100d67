"""Ports of pods on this machine, as `kubectl port-forward` opens them.

A forward, and not the API server's proxy to pods: it begins inside the pod, so that no network policy stands
in its way (ours let in pods of ours alone), and it takes every protocol. It asks for one right more:
`pods/portforward`.

Contract: `GET .../namespaces/NS/pods/POD/portforward?ports=N` as a WebSocket of v4.channel.k8s.io: channel
0 holds data, channel 1 what went wrong, and the first message of each is the number of the port
(k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go).
"""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from kubernetes.stream import ws_client as _ws_client
from websocket import ABNF, WebSocketBadStatusException, WebSocketException

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.refused import refused
from estate.errors import ClusterError

# The library has no types of its own.
ws_client: Any = _ws_client
CHUNK = 64 * 1024
DATA, ERROR = b"\x00", 1
PROTOCOL = "v4.channel.k8s.io"


@dataclass(frozen=True, slots=True)
class Target:
    """A port of a pod."""

    pod: str
    port: int


class Forwards:
    """Listening sockets on loopback for pods of one cluster; a stream is opened for each connection.

    Closing ends what is under way. Threads may share it.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._places: dict[Target, str] = {}
        self._said: dict[str, ClusterError] = {}
        self._open: set[socket.socket] = set()
        self._acceptor: threading.Thread | None = None
        self._closing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, pod: str, port: int) -> str:
        """The local `host:port` of a port of a pod; the same one each time. Nothing is asked yet."""
        target = Target(pod, port)
        with self._lock:
            if target not in self._places:
                listener = socket.create_server(("127.0.0.1", 0))
                listener.setblocking(False)
                self._places[target] = f"127.0.0.1:{listener.getsockname()[1]}"
                self._selector.register(listener, selectors.EVENT_READ, (listener, target))
                if self._acceptor is None:
                    self._acceptor = threading.Thread(target=self._accept, name="forwards", daemon=True)
                    self._acceptor.start()
            return self._places[target]

    def trouble(self, address: str) -> ClusterError | None:
        """Why the last connection to a local address got nowhere, or None."""
        return self._said.get(address)

    def close(self) -> None:
        """Stop listening, then end every connection."""
        self._closing = True
        if self._acceptor is not None:
            self._acceptor.join()
        with self._lock:
            for key in tuple(self._selector.get_map().values()):
                listener, _ = key.data
                listener.close()
            self._selector.close()
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(timeout=0.2):
                listener, target = key.data
                with suppress(BlockingIOError, ConnectionError):
                    connection, _ = listener.accept()
                    connection.setblocking(True)
                    with self._lock:
                        self._open.add(connection)
                    name = f"forward {target.pod}:{target.port}"
                    of = (connection, target)
                    threading.Thread(target=self._serve, args=of, name=name, daemon=True).start()

    def _serve(self, connection: socket.socket, target: Target) -> None:
        """One connection, to its end. What went wrong is known before the other side sees the end."""
        address = self._places[target]
        try:
            stream = dial(self._api, target)
            self._said.pop(address, None)
            try:
                if said := carry(stream, connection):
                    self._said[address] = _refused(self._api.cluster, target, said)
            finally:
                with suppress(OSError, WebSocketException):
                    stream.shutdown()
        except ClusterError as error:
            self._said[address] = error
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()


def dial(api: Api, target: Target) -> Any:
    """A stream to a port of a pod. Raises ClusterError."""
    path = f"/api/v1/namespaces/{api.namespace}/pods/{target.pod}/portforward"
    client = api.client
    _, url, headers, _, _ = client.param_serialize(
        "GET",
        f"{path}?ports={target.port}",
        header_params={"sec-websocket-protocol": PROTOCOL},
        auth_settings=["BearerToken"],
    )
    try:
        stream = ws_client.create_websocket(client.configuration, ws_client.get_websocket_url(url), headers)
    except WebSocketBadStatusException as error:
        body = error.resp_body or b""
        body = body if isinstance(body, bytes) else str(body).encode()
        answer = refused(api.cluster, "GET", path, error.status_code, body)
        remedy = _RIGHT if error.status_code == 403 else _GONE if error.status_code == 404 else answer.remedy
        raise ClusterError(answer.message, remedy) from None
    except (WebSocketException, OSError) as error:
        raise ClusterError(
            f"{api.cluster}: no forward to {target.pod}: {error}",
            f"Is the context {api.access.context} right, and is its API server reached from this network?",
        ) from None
    return stream


_GONE = "The pod is gone or was replaced meanwhile: ask again."
# A WebSocket is a GET; since Kubernetes 1.35 the right to create is asked for as well (kubernetes#134577).
_RIGHT = (
    "Grant this right, for example with:\n"
    '- apiGroups: [""]\n  resources: ["pods/portforward"]\n  verbs: ["create", "get"]'
)


def carry(stream: Any, connection: socket.socket) -> str:
    """Bytes both ways until one side ends. Returns what the kubelet says went wrong, or nothing."""
    begun: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(stream.sock, selectors.EVENT_READ, stream)
        selector.register(connection, selectors.EVENT_READ, None)
        try:
            while True:
                ready = [key.data for key, _ in selector.select()]
                if stream in ready:
                    more = True
                    while more:
                        opcode, frame = stream.recv_data_frame(True)
                        if opcode == ABNF.OPCODE_CLOSE:
                            return ""
                        if opcode == ABNF.OPCODE_BINARY and frame.data:
                            channel, data = frame.data[0], frame.data[1:]
                            if channel not in begun:
                                begun.add(channel)
                            elif channel == ERROR:
                                return str(data.decode(errors="replace"))
                            else:
                                connection.sendall(data)
                        # What TLS has read already does not show on the socket.
                        more = isinstance(stream.sock, ssl.SSLSocket) and stream.sock.pending() > 0
                if None in ready:
                    data = connection.recv(CHUNK)
                    if not data:
                        return ""
                    stream.send_binary(DATA + data)
        except (OSError, WebSocketException):
            # Either side went away; who waits for an answer sees that by itself.
            return ""


def _refused(cluster: str, target: Target, said: str) -> ClusterError:
    why = "connection refused" if "connection refused" in said else said.strip().splitlines()[-1][:300]
    return ClusterError(f"{cluster}: nothing listens on port {target.port} of {target.pod}: {why}")
