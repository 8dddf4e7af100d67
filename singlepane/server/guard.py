"""What every request passes before the application sees it, and what every answer carries.

- `Host` must be an IP address, `localhost`, or a name that was allowed: a web page cannot reach the server
  by binding its own name to a loopback address (DNS rebinding).
- A POST must be JSON, at most `BODY_BYTES`, complete within `BODY_SECONDS`, and not from another site's page.
  A form on a web page can send no JSON without asking first, and we answer no such question (no CORS).
- Of bodies beyond `SMALL_BYTES`, only `LARGE_AT_ONCE` are in memory: that bounds all of them, and a heartbeat
  never waits for them.
- Answers allow no script, no framing, no content sniffing, no referrer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.hosts import cross_site, host_allowed

BODY_BYTES = 4 * 2**20
BODY_SECONDS = 10.0
SMALL_BYTES = 64 * 2**10
LARGE_AT_ONCE = 4
# Of a body that is too large so much is still read and dropped: who sends it reads no answer before its end.
DROPPED_BYTES = 64 * 2**20

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware; see the module's docstring. `refused` is told the reason and path of each refusal."""

    def __init__(
        self, app: ASGIApp, allowed_hosts: Collection[str], refused: Callable[[str, str], None]
    ) -> None:
        self.app = app
        self.refused = refused
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self.large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that may not pass, hand on the others."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        async with contextlib.AsyncExitStack() as held:
            try:
                receive = await self._passed(scope, receive, held)
            except _RefusedError as refusal:
                self.refused(refusal.reason, scope["path"])
                await _refuse(with_headers, refusal)
            else:
                await self.app(scope, receive, with_headers)

    async def _passed(self, scope: Scope, receive: Receive, held: contextlib.AsyncExitStack) -> Receive:
        """What the application reads from. Raises _RefusedError."""
        headers = Headers(scope=scope)
        if not host_allowed(headers.get("host", ""), self.allowed_hosts):
            remedy = "Open it by its address, or start it with --allow-host NAME."
            raise _RefusedError("host", 421, "this server does not answer to that host name", remedy)
        if scope["method"] != "POST":
            return receive
        if cross_site(headers):
            remedy = "Post from a program, or from a page of this server."
            raise _RefusedError("site", 403, "a page of another site sends this", remedy)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise _RefusedError("type", 415, "the body must be JSON", "Send Content-Type: application/json.")
        declared = headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()):
            raise _too_large()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await self._read(receive, held)
        except TimeoutError:
            # Not 408: Alertmanager sends again what was answered with 5xx, and nothing else.
            raise _RefusedError(
                "slow", 503, f"the body was not complete within {BODY_SECONDS:g} s", "Send it again."
            ) from None
        return _replay(body, receive)

    async def _read(self, receive: Receive, held: contextlib.AsyncExitStack) -> bytes:
        """The whole body, up to the bound."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b""
            part = message.get("body", b"")
            if size <= SMALL_BYTES < size + len(part):
                await held.enter_async_context(self.large)
            size += len(part)
            if size <= BODY_BYTES:
                parts.append(part)
            else:
                parts.clear()
            if size > DROPPED_BYTES or not message.get("more_body", False):
                break
        if size > BODY_BYTES:
            raise _too_large()
        return b"".join(parts)


class _RefusedError(Exception):
    """A request that may not pass: the reason as a label, the answer, and what to do."""

    def __init__(self, reason: str, status: int, error: str, remedy: str) -> None:
        super().__init__(error)
        self.reason, self.status, self.error, self.remedy = reason, status, error, remedy


def _too_large() -> _RefusedError:
    remedy = "Set max_alerts in Alertmanager's webhook_config."
    return _RefusedError("size", 413, f"the body is larger than {BODY_BYTES} bytes", remedy)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A channel that gives the body once, then what the connection says."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _refuse(send: Send, refusal: _RefusedError) -> None:
    """Answer with the error document of the API."""
    body = json.dumps({"error": refusal.error, "remedy": refusal.remedy}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
