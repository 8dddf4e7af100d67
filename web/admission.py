"""Places for requests that take work, so that those which must always be answered never queue behind them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Admission:
    """ASGI middleware: at most `places` requests are worked on at once, `kept` ones beside them.

    A place is held until the answer begins: a peer that reads it slowly holds a connection and no more.
    `full` answers those that find no place, `shed` is called for each.
    """

    def __init__(
        self,
        app: ASGIApp,
        places: int,
        kept: Callable[[Scope], bool],
        full: ASGIApp,
        shed: Callable[[], None],
    ) -> None:
        self.app = app
        self.kept = kept
        self.full = full
        self.shed = shed
        self.free = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request that has a place or needs none."""
        if scope["type"] != "http" or self.kept(scope):
            await self.app(scope, receive, send)
            return
        if not self.free:
            self.shed()
            await self.full(scope, receive, send)
            return
        held = True
        self.free -= 1

        def release() -> None:
            nonlocal held
            self.free += held
            held = False

        async def sending(message: Message) -> None:
            release()
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            release()
