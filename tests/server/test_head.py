"""HEAD on the status server: what checks of links and load balancers ask with (RFC 9110 section 9.1)."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/readyz", "/api/v1/estate", "/runbooks/"])
async def test_head_is_get_without_its_body(client: httpx.AsyncClient, path: str) -> None:
    """The same status and headers, and no body."""
    got, asked = await client.get(path), await client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert got.content
    for headers in (got.headers, asked.headers):
        # What a page counts of itself may make it a little longer.
        assert int(headers.pop("content-length")) > 0
    assert asked.headers == got.headers


async def test_what_head_may_not_do(client: httpx.AsyncClient) -> None:
    """It is no way around the guard, nor to what takes a POST alone."""
    assert (await client.head("/", headers={"host": "evil.example"})).status_code == 421
    assert (await client.head("/api/v1/heartbeat")).status_code == 405
    assert (await client.post("/healthz", json={})).headers["allow"] == "GET, HEAD"
