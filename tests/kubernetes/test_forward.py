"""Port-forwards: what a pod listens on, on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from deploy.targets.kubernetes.cluster.forward import Forwards
from tests.kubernetes.apiserver import ApiServer, running

LARGE = bytes(range(256)) * 4096


@pytest.fixture
def server() -> Iterator[ApiServer]:
    """An API server whose pod `page` listens on port 9090."""

    class Page(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def do_GET(self) -> None:
            body = LARGE if self.path == "/large" else self.path.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    page = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=page.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    with running() as double:
        double.ports["page", 9090] = page.server_port
        yield double
    page.shutdown()
    page.server_close()
    thread.join()


def test_requests_reach_the_pod(server: ApiServer, tmp_path: Path) -> None:
    """Small and large, both ways, many at once, and one after another on a kept connection."""
    with Forwards(server.api(tmp_path)) as forwards:
        address = forwards.open("page", 9090)
        assert address == forwards.open("page", 9090)
        assert server.forwarded == []
        with httpx.Client(base_url=f"http://{address}", trust_env=False) as client:
            assert [client.get(f"/{number}").text for number in range(3)] == ["/0", "/1", "/2"]
            assert len(server.forwarded) == 1
            assert client.get("/large").content == LARGE
            assert client.post("/", content=LARGE).content == LARGE
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda number: client.get(f"/{number}").text, range(40)))
        assert answers == [f"/{number}" for number in range(40)]
        assert forwards.trouble(address) is None


@pytest.mark.parametrize(
    ("pod", "port", "message", "remedy"),
    [
        (
            "page",
            1,
            "prod-weu: nothing listens on port 1 of page: connection refused",
            "",
        ),
        (
            "gone",
            9090,
            'prod-weu: pods "gone" not found',
            "The pod is gone or was replaced meanwhile: ask again.",
        ),
        (
            "walled",
            9090,
            'prod-weu: pods "walled" is forbidden: User "me" cannot create resource "pods/portforward" in '
            'API group "" in the namespace "monitoring"',
            'Grant this right, for example with:\n- apiGroups: [""]\n  resources: ["pods/portforward"]\n'
            '  verbs: ["create", "get"]',
        ),
    ],
)
def test_what_does_not_answer_says_why(
    server: ApiServer, tmp_path: Path, pod: str, port: int, message: str, remedy: str
) -> None:
    """The connection ends without an answer, the reason is known by then, and forgotten when it heals."""
    server.forbidden = {"walled"}
    with Forwards(server.api(tmp_path)) as forwards:
        address = forwards.open(pod, port)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://{address}/", trust_env=False)
        trouble = forwards.trouble(address)
        assert trouble is not None
        assert (trouble.message, trouble.remedy) == (message, remedy)
        server.forbidden = set()
        server.ports[pod, port] = server.ports["page", 9090]
        assert httpx.get(f"http://{address}/there", trust_env=False).text == "/there"
        assert forwards.trouble(address) is None


def test_an_api_server_that_is_away_is_named(tmp_path: Path) -> None:
    """Nobody listens there."""
    with running() as double:
        api = double.api(tmp_path)
    with Forwards(api) as forwards:
        address = forwards.open("page", 9090)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://{address}/", trust_env=False)
        trouble = forwards.trouble(address)
    assert trouble is not None
    assert trouble.message.startswith("prod-weu: no forward to page: ")
    assert "Connection refused" in trouble.message


def test_closing_ends_everything(server: ApiServer, tmp_path: Path) -> None:
    """No thread of ours is left, and nothing listens any more; a kept connection does not hold it up."""
    forwards = Forwards(server.api(tmp_path))
    address = forwards.open("page", 9090)
    with httpx.Client(base_url=f"http://{address}", trust_env=False) as client:
        assert client.get("/").text == "/"
        forwards.close()
        with pytest.raises(httpx.TransportError):
            client.get("/")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{address}/", trust_env=False)
    for thread in threading.enumerate():
        if thread.name == "forwards" or thread.name.startswith("forward "):
            thread.join(10)
            assert not thread.is_alive()
