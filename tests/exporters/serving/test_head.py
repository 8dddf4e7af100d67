"""HEAD: what a load balancer or a check of links asks with (RFC 9110 sections 9.1 and 9.3.2)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.exporters.serving.test_service import ready, served
from tests.exporters.serving.web.webbed import serving

PATHS = ("/metrics", "/healthz", "/readyz", "/config", "/", "/openapi.json")


def fixed(reply: httpx.Response) -> dict[str, str]:
    """The headers of a reply, without what the time changes."""
    return {name: value for name, value in reply.headers.items() if name not in ("date", "content-length")}


@pytest.mark.parametrize("path", PATHS)
async def test_head_is_get_without_its_body(path: str, tmp_path: Path) -> None:
    """The same status and headers, the length of the body that GET would send, and no byte of it."""
    async with served(tmp_path) as (client, _):
        await ready(client)
        got, asked = await client.get(path), await client.head(path)
    assert (asked.status_code, fixed(asked)) == (200, fixed(got))
    assert int(asked.headers["content-length"]) > 0
    assert (got.content != b"", asked.content) == (True, b"")


async def test_the_connection_goes_on_after_head(tmp_path: Path) -> None:
    """On the wire nothing follows the headers: the next reply begins where they end."""
    async with serving(tmp_path, "") as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        for _ in range(3):
            for path in PATHS:
                writer.write(f"HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503")), head
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"\r\n\r\nok\n")
        writer.close()


async def test_what_is_refused_names_head_too(tmp_path: Path) -> None:
    """RFC 9110 section 10.2.1: `Allow` lists what is allowed, and HEAD is where GET is."""
    async with served(tmp_path) as (client, _):
        assert (await client.post("/metrics")).headers["allow"] == "GET, HEAD"
        refused = await client.head("/-/reload")
        assert (refused.status_code, refused.headers["allow"], refused.content) == (405, "POST", b"")
        assert (await client.head("/nothing")).status_code == 404
