"""Whom the exporter answers: programs by every name that is its own, and no page of another site."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx
import pytest

from tests.exporters.scraping import prometheus, targets
from tests.exporters.serving.test_service import CONFIG, ready, series, served
from tests.exporters.serving.web.webbed import serving

PAGE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("10.1.2.3:9790", 200),
        ("[2001:db8::7]:9790", 200),
        ("localhost:9790", 200),
        ("exporter:9790", 200),
        ("exporter.monitoring.svc:9790", 200),
        ("Exporter-0.exporter.monitoring.svc.cluster.local.:9790", 200),
        ("vm-1.internal", 200),
        (f"{socket.gethostname()}:9790", 200),
        ("metrics.shop.example:9790", 200),
        ("shop.example", 421),
        ("x.metrics.shop.example", 421),
        ("evil.example:9790", 421),
        ("svc.evil.example", 421),
        ("evilsvc.example", 421),
        ("10.1.2.3.evil.example", 421),
        ("2130706433", 421),
        ("127.1", 421),
        ("-x", 421),
        ("exporter@evil.example", 421),
        ("", 421),
    ],
)
async def test_hosts(host: str, status: int, tmp_path: Path) -> None:
    """Addresses, names of its own network and listed ones; every other name is somebody else's, bound to our
    address (DNS rebinding). Every path asks, and it is counted.
    """
    async with served(tmp_path) as (client, service):
        (tmp_path / "exporter.yaml").write_text(
            CONFIG.format(name="x") + "allowed_hosts: [metrics.shop.example]\n"
        )
        assert (await client.post("/-/reload")).status_code == 200
        for path in ("/metrics", "/healthz", "/"):
            assert (await client.get(path, headers={"host": host})).status_code == status
        assert service.state.runtime.counts.refused == ({} if status == 200 else {"host": 3})


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/-/reload", {}, 200),
        ("POST", "/-/reload", {"content-type": "application/json"}, 200),
        ("POST", "/-/reload", {"sec-fetch-site": "same-origin", "origin": "http://exporter"}, 200),
        ("POST", "/-/reload", {"content-type": "text/plain"}, 415),
        ("POST", "/-/reload", {"content-type": f"{FORM}; charset=utf-8"}, 415),
        ("POST", "/-/reload", {"content-type": "multipart/form-data; boundary=x"}, 415),
        ("POST", "/-/reload", PAGE, 403),
        ("POST", "/-/reload", LINK, 403),
        ("POST", "/-/reload", {"sec-fetch-site": "same-site"}, 403),
        ("POST", "/-/reload", {"origin": "http://evil.example"}, 403),
        ("POST", "/-/reload", {"origin": "null"}, 403),
        ("GET", "/probe", PAGE, 403),
        ("GET", "/metrics", PAGE, 403),
        ("GET", "/", {**LINK, "sec-fetch-dest": "iframe"}, 403),
        ("GET", "/", LINK, 200),
        ("HEAD", "/", LINK, 200),
        ("GET", "/metrics", {"sec-fetch-site": "none"}, 200),
    ],
)
async def test_sites(method: str, path: str, headers: dict[str, str], status: int, tmp_path: Path) -> None:
    """A page of another site neither reloads nor probes nor reads; a person may follow a link to here."""
    async with served(tmp_path) as (client, service):
        before = service.state.runtime.counts.reloaded
        reply = await client.request(method, path, headers=headers)
        assert reply.status_code == status
        assert (service.state.runtime.counts.reloaded > before) == (method == "POST" and status == 200)


async def test_a_check_without_a_host_is_answered(tmp_path: Path) -> None:
    """HTTP/1.0 needs none, and a browser never leaves it out."""
    async with serving(tmp_path, "") as served:
        with socket.create_connection(("127.0.0.1", served.port)) as check:
            check.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.get(f"http://127.0.0.1:{served.port}/healthz")
            assert check.recv(1000).startswith(b"HTTP/1.1 200")


async def test_prometheus_scrapes_by_every_name(tmp_path: Path) -> None:
    """The real one, by address and by name, with nothing in the configuration."""
    async with serving(tmp_path, "") as served, served.client() as client:
        await ready(client)
        jobs = {
            name.replace(".", "-"): {"to": f"{name}:{served.port}"} for name in ("127.0.0.1", "localhost")
        }
        (tmp_path / "prometheus").mkdir()
        async with prometheus(tmp_path / "prometheus", jobs) as url:
            # On a busy machine a scrape may take longer than its second; one must come through by each name.
            for _ in range(60):
                found = await targets(url, len(jobs))
                if all(health == "up" for health, _ in found.values()):
                    break
                await asyncio.sleep(0.5)
        assert {health for health, _ in found.values()} == {"up"}, found
        await served.runtime().board.refresh()
        text = (await client.get("/metrics")).text
    assert "exporter_web_requests_refused_total{" not in text
    assert float(series(text)["exporter_web_connections"]) >= 1
