"""The OpenAPI document of the service says what it really answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
from openapi_spec_validator import validate

from exporters.collector import CollectorError
from tests.exporters.doubles import Scripted, hangs, raises
from tests.exporters.serving.test_service import CONFIG, OPENMETRICS, ready, served

PATHS = ("/metrics", "/probe", "/healthz", "/readyz", "/config", "/")


def stated(document: dict[str, Any], reply: httpx.Response) -> set[str]:
    """The content types that the document has for a reply's path, method and status."""
    path, method = reply.request.url.path, reply.request.method.lower()
    operation = document["paths"][path][method]
    return set(operation["responses"][str(reply.status_code)]["content"])


async def test_every_reply_has_a_content_type_of_the_document(tmp_path: Path) -> None:
    """A valid document, and each path's replies, good and bad, in the formats that can be asked for."""
    async with served(tmp_path, Scripted(raises(CollectorError("no")))) as (client, _):
        document = (await client.get("/openapi.json")).json()
        validate(document)
        assert {*PATHS, "/-/reload"} == set(document["paths"])
        await ready(client)
        replies = [await client.get(path, headers={"accept": "*/*"}) for path in PATHS]
        replies.append(await client.get("/metrics", headers={"accept": OPENMETRICS}))
        replies.append(await client.post("/-/reload"))
        (tmp_path / "exporter.yaml").write_text("nonsense")
        replies.append(await client.post("/-/reload"))
        (tmp_path / "exporter.yaml").write_text(CONFIG.format(name="again"))
    assert {reply.status_code for reply in replies} == {200, 400}
    for reply in replies:
        assert reply.headers["content-type"] in stated(document, reply), reply.request.url


async def test_what_is_not_there_yet_is_stated(tmp_path: Path) -> None:
    """Waiting for the first cycle is a reply of the document as well."""
    async with served(tmp_path, Scripted(hangs(), timeout=60.0)) as (client, _):
        document = (await client.get("/openapi.json")).json()
        await asyncio.sleep(0)
        waiting = await client.get("/readyz")
        assert waiting.status_code == 503
        assert waiting.headers["content-type"] in stated(document, waiting)


async def test_no_reply_is_stated_that_never_comes(tmp_path: Path) -> None:
    """None has FastAPI's own document of a wrong parameter, and the parameters of a probe are there."""
    async with served(tmp_path) as (client, _):
        paths = (await client.get("/openapi.json")).json()["paths"]
    statuses = {status for path in paths.values() for each in path.values() for status in each["responses"]}
    assert "422" not in statuses
    assert [each["name"] for each in paths["/probe"]["get"]["parameters"]] == [
        "module",
        "target",
        "X-Prometheus-Scrape-Timeout-Seconds",
    ]
