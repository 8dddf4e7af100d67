"""Dashboards that the server draws: the list, a page with the estate's data, its files, its bounds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

import httpx
import pytest

from dashboards.preview.making import Wish
from singlepane.server import dashboards
from singlepane.server.app import create
from singlepane.server.service import Service
from tests.server.conftest import speak


class Prometheus(BaseHTTPRequestHandler):
    """Two clusters are up, whatever is asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Values of labels."""
        self._answer(b'{"status":"success","data":["weu","neu"]}')

    def do_POST(self) -> None:
        """A query."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(parse_qs(body)["query"][0])
        self._answer(
            b'{"status":"success","data":{"resultType":"vector","result":'
            b'[{"metric":{"cluster":"weu"},"value":[1,"1"]},{"metric":{"cluster":"neu"},"value":[1,"0"]}]}}'
        )

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def queried(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the global view of the estate was asked."""
    Prometheus.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Prometheus)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(dashboards, "query_url", lambda _: f"http://127.0.0.1:{server.server_port}")
    yield Prometheus.asked
    server.shutdown()
    thread.join()
    server.server_close()


async def test_the_list_leads_to_every_dashboard(client: httpx.AsyncClient) -> None:
    """And the status page to the list."""
    listed = (await client.get("/dashboards")).text
    assert all(f'href="/dashboards/{uid}"' in listed for uid in dashboards.ours())
    assert 'href="/dashboards"' in (await client.get("/")).text


async def test_a_dashboard_with_what_the_reader_chose(client: httpx.AsyncClient, queried: list[str]) -> None:
    """Its queries ask for the chosen cluster alone; the page keeps the choice."""
    answer = await client.get(
        "/dashboards/singlepane-estate", params={"var-cluster": "weu", "from": "now-30m"}
    )
    assert answer.status_code == 200
    assert [one for one in queried if "cluster=~" in one and 'cluster=~"weu"' not in one] == []
    assert 'value="weu" checked' in answer.text
    assert 'name="from" value="now-30m"' in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "unsafe-inline' " not in answer.headers["content-security-policy"].partition("style-src")[0]


async def test_what_each_panel_shows_as_a_document(
    client: httpx.AsyncClient, queried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state, and why it failed."""
    rows = (await client.get("/api/v1/dashboards")).json()["dashboards"]
    assert [row["uid"] for row in rows] == list(dashboards.ours())
    assert {row["title"] for row in rows if row["local"]} >= {"Estate overview", "Prometheus", "Thanos"}
    place = "/api/v1/dashboards/singlepane-estate"
    shown = (await client.get(place, params={"from": "now-5m"})).json()
    assert (shown["title"], shown["panels"][0]["title"]) == ("Estate overview", "Silent clusters")
    assert {panel["state"] for panel in shown["panels"]} <= {"shown", "noted", "empty"}
    monkeypatch.setattr(dashboards, "query_url", lambda _: "http://127.0.0.1:9")
    failed = (await client.get(place)).json()["panels"][0]
    assert failed["state"] == "failed"
    assert failed["words"]
    assert (await client.get("/api/v1/dashboards/nobody")).status_code == 404
    monkeypatch.setattr(dashboards, "query_url", lambda _: "")
    assert (await client.get(place)).status_code == 503


async def test_files_of_the_page_are_kept_for_good(client: httpx.AsyncClient, queried: list[str]) -> None:
    """Their names change with their content."""
    page = (await client.get("/dashboards/singlepane-thanos")).text
    for name in ("plotly.js", "preview.js", "preview.css"):
        assert f"/static/preview/{name}?" in page
        answer = await client.get(f"/static/preview/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert (await client.get("/static/preview/other.js")).status_code == 404


async def test_what_is_not_there(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown uid, and an estate in which nothing can be asked."""
    assert (await client.get("/dashboards/nobody")).status_code == 404
    monkeypatch.setattr(dashboards, "query_url", lambda _: "")
    assert (await client.get("/dashboards/singlepane-estate")).status_code == 503


async def test_only_so_many_are_drawn_at_once(
    service: Service, queried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is told when to come again."""
    monkeypatch.setattr(dashboards, "AT_ONCE", 1)
    held, free = threading.Event(), threading.Event()

    def slow(_: object, __: object) -> Wish:
        held.set()
        free.wait(30)
        return Wish(now=1_000.0)

    app = create(service, "1.2.3")
    monkeypatch.setattr(dashboards, "_wish", slow)

    async def both() -> tuple[httpx.Response, httpx.Response]:
        async with speak(app) as client:
            first = asyncio.create_task(client.get("/dashboards/singlepane-estate"))
            await asyncio.to_thread(held.wait, 30)
            second = await client.get("/dashboards/singlepane-estate")
            free.set()
            return await first, second

    first, second = await both()
    assert (first.status_code, second.status_code) == (200, 503)
    assert second.headers["retry-after"] == "2"
    assert service.refused["busy"] == 1


def test_the_global_view_is_found_where_the_estate_says_it_runs(service: Service) -> None:
    """The frontend before Query."""
    running = service.facts().status.value
    assert running is not None
    kinds = {row.kind: row for row in running.components}
    known = kinds.get("query-frontend") or kinds["query"]
    assert dashboards.query_url(service) == f"http://{known.addresses['http']}/"
