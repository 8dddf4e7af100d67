"""Who may ask: the rate limit, headers of replies, users and tokens, for every path."""

from __future__ import annotations

import base64
import binascii
import hmac

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exporters.running.own import Counts
from exporters.serving.web.live import Live, Web, digest
from exporters.serving.web.passwords import Busy, Passwords

log = structlog.get_logger()


class Guard:
    """The application behind it answers only requests that carry what the web configuration asks for."""

    def __init__(self, behind: ASGIApp, live: Live, counts: Counts, passwords: Passwords) -> None:
        self._behind = behind
        self._live = live
        self._counts = counts
        self._passwords = passwords

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._behind(scope, receive, send)
            return
        web = self._live.now

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*web.headers, *message.get("headers", ())]}
            await send(message)

        refusal = await self._refusal(web, scope)
        await (refusal or self._behind)(scope, receive, sending)

    async def _refusal(self, web: Web, scope: Scope) -> PlainTextResponse | None:
        if self._live.limiter is not None and not self._live.limiter.allow():
            return self._refused("rate", PlainTextResponse("Too Many Requests\n", 429))
        if not web.users and not web.tokens:
            return None
        try:
            if await self._known(web, scope):
                return None
        except Busy:
            headers = {"retry-after": "1"}
            return self._refused("busy", PlainTextResponse("Service Unavailable\n", 503, headers))
        refusal = PlainTextResponse("Unauthorized\n", 401)
        for scheme, used in (("Basic", web.users), ("Bearer", web.tokens)):
            if used:
                refusal.headers.append("www-authenticate", scheme)
        return self._refused("credentials", refusal)

    async def _known(self, web: Web, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        # Of two, whatever stands behind might read the other one.
        scheme, _, credentials = given[0].partition(b" ") if len(given) == 1 else (b"", b"", b"")
        credentials = credentials.strip()
        match scheme.lower():
            case b"basic" if web.users:
                pair = _pair(credentials)
                return pair is not None and await self._passwords.fit(web.users, web.decoy, *pair)
            case b"bearer":
                # All are compared, so that time does not tell which one is near.
                matches = [hmac.compare_digest(digest(credentials), each) for each in web.tokens]
                return any(matches)
        return False

    def _refused(self, reason: str, reply: PlainTextResponse) -> PlainTextResponse:
        self._counts.refuse(reason)
        log.debug("request refused", reason=reason)
        return reply


def _pair(credentials: bytes) -> tuple[str, bytes] | None:
    """User and password of RFC 7617, None where there are none."""
    try:
        user, colon, password = base64.b64decode(credentials, validate=True).partition(b":")
        return (user.decode(), password) if colon else None
    except (binascii.Error, ValueError):
        return None
