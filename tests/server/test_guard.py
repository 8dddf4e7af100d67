"""What may reach the application, and what every answer carries."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from singlepane.server import guard
from singlepane.server.app import create
from singlepane.server.guard import HEADERS
from singlepane.server.service import Service
from tests.server.conftest import Make, served, speak
from tests.server.estates import alert, notification

BODY = notification([alert("TargetDown", "prod-weu")])


async def test_another_host_name_is_refused_everywhere(client: httpx.AsyncClient, service: Service) -> None:
    """A page that binds its own name to our address reads nothing and posts nothing."""
    for method, path in (("GET", "/"), ("GET", "/api/v1/estate"), ("POST", "/api/v1/heartbeat")):
        answer = await client.request(method, path, headers={"Host": "evil.example"}, json=BODY)
        assert answer.status_code == 421
        assert answer.json()["error"] == "this server does not answer to that host name"
    assert service.refused["host"] == 3


async def test_every_answer_carries_the_headers(client: httpx.AsyncClient) -> None:
    """Pages, API, errors and refusals alike; only the style sheet may be kept by a browser."""
    paths = (
        "/",
        "/api/v1/estate",
        "/metrics",
        "/healthz",
        "/runbooks/",
        "/runbooks/No",
        "/no",
        "/static/well.svg",
    )
    for path in paths:
        answer = await client.get(path)
        expected = dict(HEADERS)
        if path.startswith("/static"):
            expected["Cache-Control"] = "public, max-age=31536000, immutable"
        assert {name: answer.headers.get(name) for name in HEADERS} == expected, path
    refused = await client.get("/", headers={"Host": "evil.example"})
    assert {name: refused.headers.get(name) for name in HEADERS} == HEADERS
    assert "script-src" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none';")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
async def test_only_json_is_taken(client: httpx.AsyncClient, service: Service, kind: str) -> None:
    """What a form on another web page can send does not get in."""
    answer = await client.post("/api/v1/heartbeat", content=b"{}", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["remedy"]) == (415, "Send Content-Type: application/json.")
    assert service.refused["type"] == 1


async def test_a_large_body_is_refused_with_and_without_its_length(
    client: httpx.AsyncClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound holds whether the sender says how much comes or not, and for lengths that lie."""
    monkeypatch.setattr(guard, "BODY_BYTES", 1_000)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    headers = {b"Content-Type": b"application/json"}
    answers = [
        await client.post("/api/v1/alertmanager", content=b"x" * 1_001, headers=headers),
        await client.post("/api/v1/alertmanager", content=parts(), headers=headers),
        await client.post(
            "/api/v1/alertmanager", content=b"{}", headers={**headers, b"Content-Length": b"-2"}
        ),
        await client.post(
            "/api/v1/alertmanager", content=b"{}", headers={**headers, b"Content-Length": b"\xb2"}
        ),
    ]
    assert [answer.status_code for answer in answers] == [413] * 4
    assert service.refused["size"] == 4


async def test_a_body_at_the_bound_is_taken(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound itself is allowed."""
    request = client.build_request("POST", "/api/v1/alertmanager", json=BODY)
    monkeypatch.setattr(guard, "BODY_BYTES", len(request.content))
    assert (await client.send(request)).status_code == 200


def test_a_slow_body_has_an_end(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that stops in the middle is told so and does not hold a place."""
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.2)
    service = make()
    with served(create(service, "1")) as url:
        place = urlsplit(url)
        with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
            connection.sendall(
                b"POST /api/v1/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            began = time.monotonic()
            answer = connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert time.monotonic() - began < 9
        # Another one is served meanwhile and after.
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
        assert service.refused["slow"] == 1


async def test_an_allowed_name_is_served(service: Service) -> None:
    """A name given at the start is ours."""
    async with speak(create(service, "1", ["Pane.example.com"])) as client:
        answer = await client.get("/healthz", headers={"Host": "pane.example.com:443"})
    assert answer.status_code == 200
