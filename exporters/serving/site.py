"""Which requests are meant for this exporter, and not sent by a page of somebody else's.

A page in a browser can send requests to whatever the browser reaches. It cannot choose what the browser says
of it: the name in `Host`, `Origin`, `Sec-Fetch-Site`. Programs such as Prometheus say `Host` alone, and reach
an exporter by its address, by a name that only its own network knows, or by one that is listed.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from web.hosts import cross_site, host_allowed, navigation, private, simple


class Site:
    """ASGI middleware. `allowed` gives the names of the configuration, in lower case, `refused` is told the
    reason of each refusal.
    """

    def __init__(
        self, app: ASGIApp, allowed: Callable[[], Collection[str]], refused: Callable[[str], None]
    ) -> None:
        self.app = app
        self._allowed = allowed
        self._refused = refused
        self._own = socket.gethostname().lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers, method = Headers(scope=scope), scope["method"]
        host = headers.get("host")
        # A browser names a host always; a check that speaks HTTP/1.0 may not.
        if host is not None and not (private(host) or host_allowed(host, {self._own, *self._allowed()})):
            text = "This exporter does not answer to that host name: use its address, or list the name"
            return self._said("host", 421, f"{text} under allowed_hosts.")
        if cross_site(headers) and not navigation(method, headers):
            return self._said("site", 403, "A page of another site sends this.")
        if method == "POST" and simple(headers):
            return self._said("type", 415, "Send it without a body.")
        return None

    def _said(self, reason: str, status: int, text: str) -> PlainTextResponse:
        self._refused(reason)
        return PlainTextResponse(f"{text}\n", status)
