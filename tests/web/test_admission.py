"""Places for work, and requests that need none."""

from __future__ import annotations

import asyncio

import httpx
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from web.admission import Admission


async def test_kept_requests_pass_a_full_house() -> None:
    """With every place taken, work is refused with 503 and counted, and what is kept open is answered; a
    place is free again once its answer has begun.
    """
    go = asyncio.Event()
    inside = asyncio.Semaphore(0)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/healthz":
            inside.release()
            await go.wait()
        await PlainTextResponse("done")(scope, receive, send)

    shed: list[None] = []
    app = Admission(
        slow,
        places=2,
        kept=lambda scope: scope["path"] == "/healthz",
        full=PlainTextResponse("full", 503, {"retry-after": "1"}),
        shed=lambda: shed.append(None),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        working = [asyncio.create_task(client.get("/page")) for _ in range(2)]
        for _ in working:
            await inside.acquire()
        refused = await client.get("/page")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert (await client.get("/healthz")).status_code == 200
        go.set()
        assert [answer.status_code for answer in await asyncio.gather(*working)] == [200, 200]
        assert (await client.get("/page")).status_code == 200
    assert (len(shed), app.free) == (1, 2)


async def test_a_reader_that_takes_its_time_holds_no_place() -> None:
    """The place of a request is given back when its answer begins, not when the peer has read it."""
    app = Admission(
        PlainTextResponse("page"), 1, lambda _: False, PlainTextResponse("full", 503), lambda: None
    )
    seen = []

    async def send(message: object) -> None:
        seen.append(app.free)

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "path": "/", "method": "GET", "headers": []}
    await app(scope, receive, send)
    assert seen == [1, 1]


async def test_a_place_survives_a_failure() -> None:
    """A request that breaks gives its place back."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("broken")

    app = Admission(broken, 1, lambda _: False, PlainTextResponse("full", 503), lambda: None)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        for _ in range(3):
            assert (await client.get("/")).status_code == 500
    assert app.free == 1
