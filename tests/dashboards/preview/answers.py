"""An API that answers from a table of what was recorded, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import httpx

from dashboards.preview.asking.api import Api
from dashboards.preview.making import Page, Wish, page
from dashboards.preview.reading.document import dashboard

NOW = 1_700_000_000.0


class Recorded:
    """Answers `/api/v1/query` and `query_range` by the expression, other paths by themselves."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, list[str]]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """One answer."""
        form = parse_qs(request.content.decode() or request.url.query.decode())
        self.asked.append((request.url.path, form))
        key = form["query"][0] if "query" in form else request.url.path
        found = self.answers.get(key, [])
        if isinstance(found, httpx.Response):
            return found
        if isinstance(found, dict):
            return httpx.Response(200, json={"status": "success", **found})
        if "query" not in form:
            return httpx.Response(200, json={"status": "success", "data": found})
        kind = "matrix" if request.url.path.endswith("_range") else "vector"
        result = [_series(labels, values, kind) for labels, values in found]
        return httpx.Response(200, json={"status": "success", "data": {"resultType": kind, "result": result}})

    def exprs(self) -> list[str]:
        """The queries that were asked."""
        return [form["query"][0] for _, form in self.asked if "query" in form]


def _series(labels: Mapping[str, str], values: list[float], kind: str) -> dict[str, Any]:
    if kind == "vector":
        return {"metric": labels, "value": [NOW, str(values[-1])]}
    begin = NOW - 15 * (len(values) - 1)
    return {"metric": labels, "values": [[begin + 15 * place, str(one)] for place, one in enumerate(values)]}


def made(document: Mapping[str, Any], answers: Mapping[str, Any], **wished: Any) -> tuple[Page, Recorded]:
    """The page of a document with these answers."""
    recorded = Recorded(answers)

    async def run() -> Page:
        transport = httpx.MockTransport(recorded)
        async with (
            httpx.AsyncClient(base_url="http://api", transport=transport) as client,
            Api(client) as api,
        ):
            return await page(dashboard(json.loads(json.dumps(document)), "test"), Wish(NOW, **wished), api)

    return asyncio.run(run()), recorded


def panel(
    kind: str, *exprs: str, instant: bool = False, form: str = "time_series", **more: Any
) -> dict[str, Any]:
    """A panel's JSON."""
    return {
        "type": kind,
        "title": f"A {kind}",
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "targets": [
            {
                "refId": chr(65 + place),
                "expr": expr,
                "instant": instant,
                "format": form,
                "legendFormat": "__auto",
            }
            for place, expr in enumerate(exprs)
        ],
        **more,
    }


def board(*panels: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A dashboard's JSON."""
    return {"title": "A dashboard", "time": {"from": "now-1h", "to": "now"}, "panels": list(panels), **more}
