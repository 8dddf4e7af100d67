"""The HTTP side of an exporter. A scrape sends bytes that are ready; nothing here fetches or renders
metrics.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from html import escape
from math import inf
from time import monotonic, time

import yaml
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from estate.errors import EstateInvalid
from exporters.configuration.config import Config
from exporters.exposition import negotiate
from exporters.exposition.body import Ready
from exporters.exposition.snapshot import Snapshot
from exporters.probe.sources import Refused
from exporters.serving import replies
from exporters.serving.runtime import Runtime
from exporters.serving.site import Site
from web.admission import Admission
from web.bounds import Bounds
from web.head import Head

_PROBE = "/probe?module=NAME&target=TARGET"


def app(make: Callable[[], Runtime]) -> FastAPI:
    """The application. `make` is called inside the event loop; what it makes is started and stopped with
    it.
    """

    @contextlib.asynccontextmanager
    async def lifespan(service: FastAPI) -> AsyncIterator[None]:
        runtime = make()
        service.state.runtime = runtime
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()

    service = FastAPI(title="singlepane exporter", lifespan=lifespan, docs_url=None, redoc_url=None)

    def runtime() -> Runtime:
        found: Runtime = service.state.runtime
        return found

    def refuse(reason: str) -> None:
        runtime().counts.refuse(reason)

    # The last one is passed first.
    service.add_middleware(Head)
    service.add_middleware(
        Admission,
        # So that scrapes find a connection beside any number of probes.
        places=max(1, Bounds().most() // 2),
        kept=lambda scope: scope["path"] != "/probe",
        full=PlainTextResponse("too many probes wait for their turn\n", 503, {"retry-after": "1"}),
        shed=lambda: refuse("busy"),
    )
    service.add_middleware(
        Site,
        allowed=lambda: runtime().config.allowed_hosts,
        refused=refuse,
    )

    @service.get("/metrics", response_class=Response, responses=replies.METRICS)
    async def metrics(request: Request) -> Response:
        """The last snapshot, in the format and encoding that was asked for."""
        snapshot = runtime().board.snapshot
        if snapshot is None:
            return PlainTextResponse("no snapshot yet\n", 503)
        format, compressed = _wanted(request)
        runtime().counts.scraped(format, "gzip" if compressed else "identity")
        return _exposition(snapshot, format, compressed=compressed)

    @service.get(
        "/probe",
        response_class=Response,
        responses=replies.PROBE,
        openapi_extra=replies.PROBE_PARAMETERS,
    )
    async def probe(request: Request) -> Response:
        """One target through one module, fresh or as fresh as the module's cache."""
        try:
            module, target = (_once(request, name) for name in ("module", "target"))
            limit = _seconds(request.headers.get("x-prometheus-scrape-timeout-seconds"))
            outcome = await runtime().probes.answer(module, target, limit)
        except Refused as refused:
            runtime().counts.refuse(refused.reason)
            return PlainTextResponse(f"{refused}\n", refused.status)
        format, compressed = _wanted(request)
        reply = _exposition(outcome.snapshot, format, compressed=compressed)
        reply.headers["age"] = f"{monotonic() - outcome.ended:.0f}"
        return reply

    @service.get("/healthz", response_class=Response, responses=replies.HEALTHZ)
    async def healthz() -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n")

    @service.get("/readyz", response_class=Response, responses=replies.READYZ)
    async def readyz() -> Response:
        """Every collector has ended its first cycle."""
        if runtime().ready:
            return PlainTextResponse("ready\n")
        waiting = [cycle.collector.exporter for cycle in runtime().cycles if not cycle.status.cycles]
        return PlainTextResponse(
            f"waiting for the first cycle of {', '.join(waiting) or 'the snapshot'}\n", 503
        )

    @service.get("/config", response_class=Response, responses=replies.CONFIG)
    async def config() -> Response:
        """The configuration in use, as YAML. It holds references and never secrets."""
        return Response(shown(runtime().config), media_type=replies.YAML)

    @service.post("/-/reload", response_class=Response, responses=replies.RELOAD)
    async def reload() -> Response:
        """Read the configuration file again; an invalid one changes nothing."""
        try:
            await runtime().reload()
        except EstateInvalid as invalid:
            findings = [each.document() for each in invalid.findings]
            return JSONResponse({"message": invalid.message, "findings": findings}, 400)
        return PlainTextResponse("reloaded\n")

    @service.get("/", response_class=Response, responses=replies.LANDING)
    async def page() -> Response:
        """A page for people."""
        return HTMLResponse(landing(runtime()))

    return service


def _wanted(request: Request) -> tuple[negotiate.Format, bool]:
    """The format that a scrape asks for, and whether it takes gzip."""
    accept, encodings = (", ".join(request.headers.getlist(name)) for name in ("accept", "accept-encoding"))
    return negotiate.content(accept), negotiate.gzip(encodings)


def _exposition(snapshot: Snapshot, format: negotiate.Format, *, compressed: bool) -> Response:
    headers = {"content-type": negotiate.CONTENT_TYPES[format], "vary": "Accept, Accept-Encoding"}
    if compressed:
        headers["content-encoding"] = "gzip"
    body = snapshot.bodies[format]
    return Ready(body.gzipped if compressed else body.plain, headers=headers)


def _once(request: Request, name: str) -> str:
    given = request.query_params.getlist(name)
    if len(given) != 1 or not given[0]:
        raise Refused(400, "parameters", f"write the parameter {name} once, as in {_PROBE}")
    return given[0]


def _seconds(header: str | None) -> float | None:
    """The scrape timeout that Prometheus says. Raises Refused for what is no number of seconds."""
    try:
        found = None if header is None else float(header)
    except ValueError:
        found = 0.0
    if found is not None and not 0 < found < inf:
        text = "X-Prometheus-Scrape-Timeout-Seconds is not a number of seconds"
        raise Refused(400, "parameters", text)
    return found


def shown(config: Config) -> str:
    """A configuration as YAML. User names and passwords cannot stand in its URLs: the model refuses them."""
    document = config.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; padding: .25rem 1rem .25rem 0; vertical-align: top }}
</style></head><body>
<h1>{name}</h1>
<p><a href="metrics">/metrics</a> · <a href="config">/config</a> · <a href="readyz">/readyz</a> ·
<a href="healthz">/healthz</a></p>
<table><thead><tr><th>Exporter</th><th>Collector</th><th>State</th><th>Series</th><th>Age</th><th>Took</th>
<th>Every</th></tr></thead><tbody>{rows}</tbody></table>
<p>Modules of /probe: {modules}</p>
</body></html>
"""


def landing(runtime: Runtime) -> str:
    """Every collector with its state, series, age and last error, as HTML."""
    rows = []
    for cycle in runtime.cycles:
        status, collector = cycle.status, cycle.collector
        state = "waiting for the first cycle" if status.success is None else status.trouble or "ok"
        age = f"{time() - status.data_time:.0f} s" if status.data_time else "no data"
        cells = (
            collector.exporter,
            collector.name,
            state,
            status.series,
            age,
            f"{status.duration:.2f} s",
            f"{collector.interval:g} s",
        )
        rows.append("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>")
    modules = escape(", ".join(runtime.config.modules) or "none")
    return _PAGE.format(name=escape(runtime.config.name), rows="".join(rows), modules=modules)
