"""Silent, dripping and greedy peers, met over real sockets."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import trustme

from tests.web.serving import LARGE, rest, served
from web.bounds import Bounds

QUICK = Bounds(handshake=1, head=1, body=1, idle=1, reading=1, leaving=1)


@contextlib.contextmanager
def dripping(peer: socket.socket) -> Iterator[None]:
    """A byte every 50 ms, for as long as the other side takes them."""
    stop = threading.Event()

    def drip() -> None:
        with contextlib.suppress(OSError):
            while not stop.wait(0.05):
                peer.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_silent_connection_is_closed() -> None:
    """A connection on which nothing ever arrives is ended when the time of a head is over."""
    with served(QUICK) as one, one.connect() as peer:
        assert rest(peer) == b""
        assert one.crowd.shed == {"idle": 1}


def test_a_dripping_head_is_answered_408() -> None:
    """A head that arrives a byte at a time is ended when its time is over, not when the drip is."""
    with served(QUICK) as one, one.connect() as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Drip: ")
        with dripping(peer):
            assert rest(peer).startswith(b"HTTP/1.1 408 ")
        assert one.crowd.shed == {"head": 1}


@pytest.mark.parametrize("path", ["/", "/read"])
def test_a_dripping_body_is_ended(path: str) -> None:
    """A body that drips is ended in time, whether the application waits for it or has answered already."""
    with served(QUICK) as one, one.connect() as peer:
        peer.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode())
        with dripping(peer):
            answer = rest(peer)
        assert answer.startswith(b"HTTP/1.1 200 ") if path == "/" else answer == b""
        assert one.crowd.shed == {"body": 1}


def test_a_peer_that_does_not_read_is_ended() -> None:
    """An answer that nobody takes holds its connection for a bounded time."""
    with served(QUICK) as one, one.connect() as peer:
        peer.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        while not one.crowd.shed:
            time.sleep(0.05)
        assert one.crowd.shed == {"reading": 1}
        assert len(rest(peer)) < len(LARGE)


def test_a_slow_answer_is_waited_for() -> None:
    """Time that the application takes is no fault of the peer: no bound of the peer's ends it."""
    with served(QUICK) as one:
        assert one.ask("/wait").endswith(b"ok")
        assert one.crowd.shed == {}


def test_many_requests_on_one_connection() -> None:
    """A peer that keeps asking keeps its connection for longer than one request may take."""
    with served(QUICK) as one, httpx.Client(base_url=f"http://127.0.0.1:{one.port}") as peer:
        ports = set()
        for _ in range(25):
            with peer.stream("GET", "/") as answer:
                ports.add(answer.extensions["network_stream"].get_extra_info("client_addr"))
                assert answer.read() == b"ok"
            time.sleep(0.1)
        assert len(ports) == 1
        assert one.crowd.shed == {}


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\n", b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"]
)
def test_more_connections_than_places_keep_nobody_out(sent: bytes) -> None:
    """Three times as many silent peers as there are places, or ones that began a head or a body: the next
    request is answered all the same, again and again, and what happens is said once.
    """
    with served(Bounds(connections=50)) as one, contextlib.ExitStack() as held:
        for _ in range(150):
            held.enter_context(one.connect()).sendall(sent)
        for _ in range(20):
            assert one.ask().endswith(b"ok")
        assert len(one.crowd) <= 50
        assert one.crowd.shed["room"] >= 100
        assert one.said == ["50 connections are open: those that wait longest make room"]


def test_a_full_house_of_requests_refuses_the_next() -> None:
    """Where every place is a request that is worked on, none of these is lost for a newcomer."""
    with served(Bounds(connections=4)) as one, contextlib.ExitStack() as held:
        peers = [held.enter_context(one.connect()) for _ in range(4)]
        for peer in peers:
            peer.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        while one.crowd.answered < 4:
            time.sleep(0.02)
        assert one.ask() == b""
        assert [rest(peer)[-2:] for peer in peers] == [b"ok"] * 4
        assert one.crowd.shed == {"full": 1}


def test_out_of_descriptors_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the system refuses every new descriptor, the server says so once, makes room and goes on; a peer
    that waited at the door is let in as soon as there is one.
    """
    real = socket.socket.accept
    refusals = 3

    with served(Bounds()) as one:

        def accept(self: socket.socket) -> tuple[socket.socket, object]:
            nonlocal refusals
            # Others of this process may listen, too.
            if refusals and self.getsockname()[1] == one.port:
                refusals -= 1
                raise OSError(errno.EMFILE, "Too many open files")
            return real(self)

        monkeypatch.setattr(socket.socket, "accept", accept)
        assert one.ask().endswith(b"ok")
        assert one.crowd.shed == {"descriptors": 3}
        assert len(one.said) == 1


def test_what_is_no_http_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    """Noise is answered 400 and counted."""
    with served(Bounds()) as one, one.connect() as peer:
        peer.sendall(b"\x16\x03\x01\x00\x05noise\r\n\r\n")
        assert rest(peer).startswith(b"HTTP/1.1 400 ")
        assert one.crowd.shed == {"malformed": 1}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs."""
    return trustme.CA()


def test_tls_that_never_begins_holds_a_place_for_a_bounded_time(authority: trustme.CA) -> None:
    """A peer that opens a TLS port and says nothing counts among the connections and is closed in time; a
    client that does speak is answered meanwhile.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with served(Bounds(connections=5, handshake=1), context) as one, contextlib.ExitStack() as held:
        silent = [held.enter_context(one.connect()) for _ in range(10)]
        with one.connect() as raw, trusting.wrap_socket(raw, server_hostname="localhost") as peer:
            peer.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert rest(peer).endswith(b"ok")
        assert all(rest(peer) == b"" for peer in silent)
        assert one.crowd.shed["room"] >= 5
        assert one.crowd.shed["handshake"] >= 1
