"""What the gate does with a request: a cluster's own alerts go on to one Alertmanager, all else ends here.

Contract: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (POST /alerts).
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import time
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from singlepane.gate.peer import Peer

ALERTS = "/api/v2/alerts"
# Prometheus sends 256 alerts at once.
MOST_BYTES = 8 << 20
# Prometheus itself waits for 10 s.
SECONDS = 9.0


@dataclass(slots=True)
class Seen:
    """What has passed: `requests` by cluster and status, `refused` by reason, `peers` as each came last."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    peers: dict[str, Peer] = field(default_factory=dict)


def create(alertmanager: str, seen: Seen) -> Starlette:
    """The application towards clusters; `alertmanager` is the URL of one."""
    client = httpx.AsyncClient(base_url=alertmanager, timeout=SECONDS, trust_env=False)

    async def alerts(request: Request) -> Response:
        peer: Peer = request.state.peer
        seen.peers[peer.cluster] = peer
        reply = await _passed(request, peer, client, seen)
        seen.requests[peer.cluster, reply.status_code] += 1
        return reply

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    return Starlette(routes=[Route(ALERTS, alerts, methods=["POST"])], lifespan=lifespan)


async def _passed(request: Request, peer: Peer, client: httpx.AsyncClient, seen: Seen) -> Response:
    if time() > peer.ends:
        # It was valid when the connection was made, and the connection lives on.
        return _refused(seen, "expired", 403, f"the certificate of {peer.cluster} has expired", close=True)
    try:
        body = await _body(request)
    except ClientDisconnect:
        return _refused(seen, "gone", 400, "the request did not come to its end")
    if body is None:
        return _refused(seen, "size", 413, f"more than {MOST_BYTES} bytes", close=True)
    if wrong := _wrong(body, peer.cluster):
        return _refused(seen, "shape" if wrong == _SHAPE else "cluster", 400, wrong)
    try:
        answer = await client.post(ALERTS, content=body, headers={"content-type": "application/json"})
    except httpx.HTTPError as error:
        said = str(error) or type(error).__name__
        return _refused(seen, "alertmanager", 502, f"Alertmanager does not answer: {said}")
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


_SHAPE = "the body is no list of alerts"


def _wrong(body: bytes, cluster: str) -> str:
    """Why these are no alerts of a cluster; empty where they are."""
    try:
        alerts: Any = json.loads(body)
    except (ValueError, RecursionError):
        return _SHAPE
    if not isinstance(alerts, list):
        return _SHAPE
    for alert in alerts:
        labels = alert.get("labels") if isinstance(alert, dict) else None
        if not isinstance(labels, dict):
            return _SHAPE
        if labels.get("cluster") != cluster:
            return f"an alert of {labels.get('cluster')!r} comes with the certificate of {cluster!r}"
    return ""


def _refused(seen: Seen, reason: str, status: int, why: str, *, close: bool = False) -> PlainTextResponse:
    seen.refused[reason] += 1
    return PlainTextResponse(f"{why}\n", status, {"connection": "close"} if close else None)
