"""The ASGI application: reads a request, lets faults strike, answers, counts."""

from __future__ import annotations

import asyncio
import socket
import struct
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import Any

from simulators.azure import admin, arm, dataplane, entra
from simulators.azure.faults import Fault, refusal, spoil
from simulators.azure.health import own_page
from simulators.azure.replies import Refused, Reply, Request
from simulators.azure.routing import Target, route
from simulators.azure.tokens import expired, revoke
from simulators.azure.world import World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# SO_LINGER on with 0 seconds: closing sends a TCP reset.
_RESET = struct.pack("ii", 1, 0)


class AzureSimulator:
    """One simulated Azure as an ASGI application."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (`http` scopes; there is no lifespan and no websocket)."""
        if scope["type"] != "http":
            return
        target = await _read(scope, receive)
        page = own_page(self.world, target.request)
        if page is not None:
            await _send(send, page, self.world.clock.now())
            return
        if target.room == "admin":
            await _send(send, admin.answer(self.world, target.request), self.world.clock.now())
            return
        api = api_name(target)
        faults = self.world.faults.striking(api, target.request, self.world.clock.now())
        if any(fault.kind == "reset" for fault in faults):
            self._count(api, target.request, 0)
            _reset(scope)
            return
        for fault in faults:
            if fault.kind == "slow":
                await asyncio.sleep(fault.delay)
        reply = answer(self.world, target, faults)
        self._count(api, target.request, reply.status)
        await _send(send, reply, self.world.clock.now(), any(fault.kind == "truncated" for fault in faults))

    def _count(self, api: str, request: Request, status: int) -> None:
        parts = request.path.split("/")
        subscription = parts[2].lower() if len(parts) > 2 and parts[1].lower() == "subscriptions" else ""
        self.world.calls[api, subscription, status] += 1


def api_name(target: Target) -> str:
    """The API that a request means, as faults and counters call it."""
    if target.room == "entra":
        return "token"
    if target.room == "metrics":
        return "metrics-batch"
    return next(
        (name for name, _, pattern, _ in arm.ROUTES if pattern.fullmatch(target.request.path)), "unknown"
    )


def answer(world: World, target: Target, faults: tuple[Fault, ...] = ()) -> Reply:
    """The reply to a request, with these faults in it."""
    request = target.request
    reply = _struck(world, request, faults)
    if reply is None:
        match target.room:
            case "entra":
                try:
                    reply = entra.answer(world, request)
                except Refused as refused:
                    reply = refused.reply
            case "metrics":
                reply = dataplane.answer(world, request)[1]
            case _:
                reply = arm.answer(world, request)[1]
    number = str(uuid.uuid4())
    reply = reply.also(
        {
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
            "strict-transport-security": "max-age=31536000; includeSubDomains",
            "x-ms-request-id": number,
            "x-ms-correlation-request-id": number,
        }
    )
    query = "&".join(f"{name}={text}" for name, text in request.query.items())
    for fault in faults:
        reply = spoil(fault, reply, request, f"{request.base}{request.raw_path}?{query}")
    return reply


def _struck(world: World, request: Request, faults: tuple[Fault, ...]) -> Reply | None:
    for fault in faults:
        if fault.kind == "expired-token":
            revoke(world, request)
            now = world.token_now()
            return expired(now - 18, now)
        refused = refusal(fault, request)
        if refused is not None:
            return refused
    return None


async def _read(scope: Scope, receive: Receive) -> Target:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in scope["headers"]}
    raw = scope.get("raw_path") or scope["path"].encode()
    return route(
        scope["method"],
        headers.get("host", ""),
        raw.decode("latin-1").split("?")[0],
        scope["query_string"].decode("latin-1"),
        headers,
        body,
    )


async def _send(send: Send, reply: Reply, now: float, truncated: bool = False) -> None:
    content = reply.content()
    headers = {**reply.headers, "date": formatdate(now, usegmt=True), "content-length": str(len(content))}
    if content:
        headers["content-type"] = reply.content_type
    packed = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": packed})
    if truncated:
        # The server closes the connection on a body that ends before its content-length.
        await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
        return
    await send({"type": "http.response.body", "body": content})


def _reset(scope: Scope) -> None:
    transport: asyncio.Transport = scope["state"]["transport"]
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
