"""`/dashboards`: our dashboards with the estate's own data, drawn here: no Grafana is needed."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Mapping

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards import DASHBOARDS
from dashboards.grafana import slowest_scrape
from dashboards.preview.asking.api import Api
from dashboards.preview.making import Page, Wish, page
from dashboards.preview.page.render import SERVED_POLICY, Served, html
from dashboards.preview.page.scripts import assets
from dashboards.preview.reading.document import dashboard
from dashboards.preview.reading.model import Dashboard
from dashboards.render import documents
from singlepane.server import render
from singlepane.server.documents import DashboardDocument, DashboardRow, DashboardRows, PanelDocument
from singlepane.server.page import web_address
from singlepane.server.service import Service

# A page asks dozens of queries and takes a second of a processor: more at once would keep others waiting.
AT_ONCE = 4
# Of an address: names and values that a reader chose.
MOST_CHOICES = 500
LONGEST_CHOICE = 500
FILES = "/static/preview/"
ADDRESS = "/dashboards/"


@functools.cache
def ours() -> Mapping[str, Dashboard]:
    """Our dashboards by uid."""
    return {one.uid: one for one in (dashboard(row, name) for name, row in documents().items())}


def router(service: Service) -> APIRouter:
    """The list, a page for each and what it shows as a document, and the files of the pages."""
    routes = APIRouter()
    places = threading.BoundedSemaphore(AT_ONCE)

    def made(found: Dashboard, request: Request, url: str) -> Page:
        if not places.acquire(blocking=False):
            service.refuse("busy")
            raise HTTPException(503, "too many dashboards are being drawn", {"Retry-After": "2"})
        try:
            return asyncio.run(_made(found, _wish(service, request), url))
        finally:
            places.release()

    @routes.get("/api/v1/dashboards", summary="The dashboards")
    def rows() -> DashboardRows:
        return DashboardRows(
            dashboards=[DashboardRow(uid=one.uid, title=one.title, local=one.local) for one in DASHBOARDS]
        )

    @routes.get("/api/v1/dashboards/{uid}", summary="What each panel of a dashboard shows now")
    def panels(uid: str, request: Request) -> DashboardDocument:
        found, url = ours().get(uid), query_url(service)
        if found is None:
            raise HTTPException(404, "there is no dashboard of that name")
        if not url:
            raise HTTPException(503, "nothing is known to run that could be asked")
        return DashboardDocument(
            uid=uid,
            title=found.title,
            panels=[
                PanelDocument(title=tile.title, state=tile.state, words=list(tile.errors))
                for tile in made(found, request, url).tiles()
            ],
        )

    @routes.get("/dashboards", include_in_schema=False)
    def listed() -> Response:
        rows = [(one.uid, one.title, one.about) for one in ours().values()]
        return HTMLResponse(render.dashboards(service.estate.name, rows))

    @routes.get("/dashboards/{uid}", include_in_schema=False)
    def shown(uid: str, request: Request) -> Response:
        found = ours().get(uid)
        if found is None:
            return HTMLResponse(
                render.missing(service.estate.name, "There is no dashboard of that name."), 404
            )
        url = query_url(service)
        if not url:
            sentence = "Nothing is known to run that could be asked."
            return HTMLResponse(render.missing(service.estate.name, sentence), 503)
        drawn = html(made(found, request, url), Served("/", service.estate.name, FILES))
        return HTMLResponse(drawn, headers={"Content-Security-Policy": SERVED_POLICY})

    @routes.get(FILES + "{name}", include_in_schema=False)
    def file(name: str) -> Response:
        found = assets().get(name)
        if found is None:
            raise HTTPException(404, "there is no such file")
        keep = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.content, media_type=found.kind, headers=keep)

    return routes


def query_url(service: Service) -> str:
    """The URL of the global view: the frontend before Query, else Query; empty when neither is known."""
    if service.view is not None:
        return service.view.url
    running = service.facts().status.value
    by_kind = {row.kind: row for row in (running.components if running else ())}
    addresses = (web_address(by_kind[kind]) for kind in ("query-frontend", "query") if kind in by_kind)
    return next((one for one in addresses if one), "")


def _wish(service: Service, request: Request) -> Wish:
    """What the address asks for."""
    pairs = [
        (name, value[:LONGEST_CHOICE]) for name, value in request.query_params.multi_items()[:MOST_CHOICES]
    ]
    chosen: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.startswith("var-"):
            chosen.setdefault(name.removeprefix("var-"), []).append(value)
    words = dict(pairs)
    return Wish(
        now=service.clock(),
        since=words.get("from", "")[:40],
        until=words.get("to", "")[:40],
        chosen=chosen,
        scrape=slowest_scrape(service.estate) * 1_000,
        opened=frozenset(
            int(value) for name, value in pairs if name == "row" and value.isascii() and value.isdigit()
        ),
        links=ADDRESS,
    )


async def _made(found: Dashboard, wish: Wish, url: str) -> Page:
    async with (
        httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client,
        Api(client) as api,
    ):
        return await page(found, wish, api)
