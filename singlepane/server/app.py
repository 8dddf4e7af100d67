"""The application: routes over one service. Pages and API read the same facts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client.exposition import choose_encoder
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import Scope

from singlepane.server import api, dashboards, render, runbooks
from singlepane.server.documents import Error
from singlepane.server.guard import Guard
from singlepane.server.health import clusters
from singlepane.server.metrics import registry
from singlepane.server.page import page
from singlepane.server.rows import Choices
from singlepane.server.service import Service
from web.admission import Admission
from web.head import Head

_STATIC = {"page.css": "text/css; charset=utf-8"} | {
    f"{level}.svg": "image/svg+xml" for level in ("well", "attention", "bad", "unknown")
}
# Fewer than the 40 threads in which pages are made: the receiver and /metrics always find one.
PAGES_AT_ONCE = 24
NOT_THE_DOCUMENT = "this is not Alertmanager's webhook document, version 4"
POINT_AT = "Point an Alertmanager webhook_config at this path, with its default payload."
_log = logging.getLogger("singlepane.server")


def create(
    service: Service,
    version: str,
    allowed_hosts: Collection[str] = (),
    background: Callable[[], Awaitable[None]] | None = None,
    runbook_folder: Path = runbooks.RUNBOOKS,
) -> FastAPI:
    """The application. `background` runs while it serves and is cancelled when it stops."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.ensure_future(background()) if background else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            service.journal.close()

    app = FastAPI(
        title="singlepane",
        version=version,
        summary="The estate as it is now, and the receiver of its notifications and heartbeats.",
        openapi_url="/api/v1/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(
        Admission,
        places=PAGES_AT_ONCE,
        kept=_kept,
        full=_error(503, "too many pages are being made", "Try again in a second.", retry="1"),
        shed=lambda: service.refuse("busy"),
    )
    app.add_middleware(Guard, allowed_hosts=allowed_hosts, refused=service.refuse)
    app.include_router(api.router(service))
    app.include_router(dashboards.router(service))
    _errors(app, service)
    _pages(app, service, version, runbook_folder)
    _probes(app, service, version)
    app.add_middleware(Head)
    return app


def _kept(scope: Scope) -> bool:
    """What is answered while every place for a page is taken: probes, and the receiver."""
    return scope["method"] == "POST" or scope["path"] in ("/healthz", "/readyz", "/metrics")


def _errors(app: FastAPI, service: Service) -> None:
    """Every refusal is the error document, never a traceback."""

    @app.exception_handler(RequestValidationError)
    async def shape(request: Request, error: RequestValidationError) -> Response:
        findings = [_finding(row) for row in error.errors()[:10]]
        if request.method != "POST":
            return _error(422, "the address asks for what is not there", "", findings)
        service.refuse("shape")
        return _error(422, NOT_THE_DOCUMENT, POINT_AT, findings)

    @app.exception_handler(HTTPException)
    async def known(_: Request, error: HTTPException) -> Response:
        # The framework's answer to JSON that nests too deep or holds a number of thousands of digits.
        if error.status_code == 400:
            service.refuse("shape")
            return _error(422, NOT_THE_DOCUMENT, POINT_AT, ["body: it cannot be read as JSON"])
        refusal = _error(error.status_code, str(error.detail), "")
        refusal.headers.update(error.headers or {})
        return refusal

    @app.exception_handler(api.NoClusterError)
    async def nobody(_: Request, __: api.NoClusterError) -> Response:
        service.refuse("shape")
        return _error(
            422,
            "no alert in this heartbeat has a cluster label",
            "Give every Prometheus its cluster as an external label.",
        )

    @app.exception_handler(sqlite3.Error)
    async def store(_: Request, error: sqlite3.Error) -> Response:
        service.refuse("store")
        _log.error("a notification could not be kept: %s", error)
        return _error(503, f"it could not be kept: {error}", "Free disk space; Alertmanager sends it again.")

    @app.exception_handler(Exception)
    async def defect(_: Request, error: Exception) -> Response:
        return _error(
            500, f"{type(error).__name__}: {error}", "This is a defect of singlepane; its log has more."
        )


def _finding(row: Mapping[str, Any]) -> str:
    """`alerts[0].labels: …` of one of pydantic's errors."""
    if row["type"] == "json_invalid":
        return f"body: not JSON at character {row['loc'][1]}: {row['ctx']['error']}"
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in row["loc"][1:])
    return f"{place.lstrip('.') or 'body'}: {row['msg']}"


def _error(
    status: int, error: str, remedy: str, findings: list[str] | None = None, retry: str = ""
) -> Response:
    document = Error(error=error, remedy=remedy, findings=findings or [])
    headers = {"Retry-After": retry} if retry else None
    return JSONResponse(document.model_dump(), status_code=status, headers=headers)


def _pages(app: FastAPI, service: Service, version: str, folder: Path) -> None:
    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def status(
        cluster: Annotated[str, Query(max_length=100)] = "",
        show: Annotated[str, Query(max_length=10)] = "",
        refresh: Annotated[str, Query(max_length=10)] = "",
    ) -> Response:
        facts = service.facts()
        if cluster and cluster not in facts.estate.clusters:
            return HTMLResponse(
                render.missing(facts.estate.name, f"The estate has no cluster {cluster!r}."), 404
            )
        choices = Choices(cluster=cluster, everything=show == "all", paused=refresh == "off")
        shown = page(facts, choices, frozenset(runbooks.names(folder)))
        return HTMLResponse(render.status(shown, clusters(facts), version))

    @app.get("/runbooks/", response_class=HTMLResponse, include_in_schema=False)
    def runbook_list() -> Response:
        return HTMLResponse(render.runbook_list(service.estate.name, runbooks.names(folder), missing=False))

    @app.get("/runbooks/{name}", response_class=HTMLResponse, include_in_schema=False)
    def runbook(name: str) -> Response:
        text = runbooks.rendered(name, folder)
        if text is None:
            listed = render.runbook_list(service.estate.name, runbooks.names(folder), missing=True)
            return HTMLResponse(listed, status_code=404)
        return HTMLResponse(render.runbook(service.estate.name, name, text))

    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        if name not in _STATIC:
            raise HTTPException(404, "there is no such file")
        return FileResponse(
            render.STATIC / name,
            media_type=_STATIC[name],
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )


def _probes(app: FastAPI, service: Service, version: str) -> None:
    own = registry(service, version)

    @app.get("/healthz", summary="The process lives")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="The journal is open and the estate is read")
    async def readyz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(own), media_type=kind)
