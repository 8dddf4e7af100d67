"""What every request passes before the application sees it, and what every answer carries.

- `Host` must be an IP address, `localhost`, or a name that was allowed: a web page cannot reach the server
  by binding its own name to a loopback address (DNS rebinding).
- A POST must be JSON, at most `BODY_BYTES`, complete within `BODY_SECONDS`. A form on a web page can send
  no JSON without asking first, and we answer no such question (no CORS).
- Answers allow no script, no framing, no content sniffing, no referrer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.hosts import host_allowed

BODY_BYTES = 4 * 2**20
BODY_SECONDS = 10.0

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
    """ASGI middleware; see the module's docstring. `refused` is told the reason of each refusal."""

    def __init__(
        self, app: ASGIApp, allowed_hosts: Collection[str], refused: Callable[[Iterable[str]], None]
    ) -> None:
        self.app = app
        self.refused = refused
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)

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

        headers = Headers(scope=scope)
        if not host_allowed(headers.get("host", ""), self.allowed_hosts):
            self.refused(["host"])
            await _refuse(
                with_headers,
                421,
                "this server does not answer to that host name",
                "Open it by its address, or start it with --allow-host NAME.",
            )
            return
        if scope["method"] != "POST":
            await self.app(scope, receive, with_headers)
            return
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            self.refused(["type"])
            await _refuse(with_headers, 415, "the body must be JSON", "Send Content-Type: application/json.")
            return
        declared = headers.get("content-length", "0")
        try:
            if not declared.isascii() or not declared.isdigit() or int(declared) > BODY_BYTES:
                raise _TooLargeError
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(receive)
        except _TooLargeError:
            self.refused(["size"])
            await _refuse(
                with_headers,
                413,
                f"the body is larger than {BODY_BYTES} bytes",
                "Set max_alerts in Alertmanager's webhook_config.",
            )
            return
        except TimeoutError:
            self.refused(["slow"])
            await _refuse(with_headers, 408, f"the body was not complete within {BODY_SECONDS:g} s", "")
            return
        await self.app(scope, _replay(body, receive), with_headers)


class _TooLargeError(Exception):
    """The body is beyond the bound."""


async def _read(receive: Receive) -> bytes:
    """The whole body, up to the bound."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_BYTES:
            raise _TooLargeError
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


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


async def _refuse(send: Send, status: int, error: str, remedy: str) -> None:
    """Answer with the error document of the API."""
    body = json.dumps({"error": error, "remedy": remedy}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
