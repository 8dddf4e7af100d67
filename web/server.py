"""uvicorn's server with a door of its own: connections are taken in one by one, and only while there is room.

asyncio's own way of accepting knows no limit, does not count a TLS handshake, and where descriptors run out
it logs a traceback some hundred times a second (CPython's `BaseSelectorEventLoop._accept_connection`).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import math
import socket
import sys

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from web.bounds import Step
from web.connection import Connection
from web.crowd import Crowd

_NONE_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_RETRY_SECONDS = 0.1
_SWEEP_SECONDS = 1.0


class _Joining:
    """A connection that is not one of HTTP yet: with TLS, its handshake is going on."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None

    def step(self) -> Step:
        """Always the first."""
        return Step.JOINING

    def leave(self, step: Step) -> None:
        """End the handshake."""
        if self.task is not None:
            self.task.cancel()


class Server(uvicorn.Server):
    """Serves sockets that listen already. `config.http` must be `Connection` or a subclass of it."""

    def __init__(self, config: uvicorn.Config, crowd: Crowd) -> None:
        """`crowd` holds the bounds, and counts for whoever shows it."""
        super().__init__(config)
        if not (isinstance(config.http, type) and issubclass(config.http, Connection)):
            raise TypeError("uvicorn's Config needs http=Connection, or a subclass of it")
        self._kind = config.http
        # Ends idle connections to the second, and uncounted: that is how every one of them ends.
        config.timeout_keep_alive = math.ceil(crowd.bounds.idle)
        self.crowd = crowd
        self._door: list[asyncio.Task[None]] = []
        self._joining: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then open the door."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        self.servers = []
        for listener in sockets or ():
            listener.setblocking(False)
            listener.listen(self.config.backlog)
            self._door.append(asyncio.create_task(self._let_in(listener)))
        self._door.append(asyncio.create_task(self._sweep()))
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, then end as uvicorn does."""
        for task in (*self._door, *self._joining):
            task.cancel()
        await asyncio.gather(*self._door, *self._joining, return_exceptions=True)
        await super().shutdown(sockets)

    async def _let_in(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            # A flood at the door must leave a turn to those who are inside.
            await asyncio.sleep(0)
            try:
                accepted, _ = await loop.sock_accept(listener)
            except OSError as error:
                # Anything else is the end of that one connection.
                if error.errno in _NONE_LEFT:
                    self.crowd.exhausted(error.strerror or "")
                    await asyncio.sleep(_RETRY_SECONDS)
                continue
            if self.crowd.room():
                self._join(accepted)
            else:
                accepted.close()

    def _join(self, accepted: socket.socket) -> None:
        """Count it from now on, first as what it is to become."""
        joining = _Joining()
        self.crowd.moved(joining)
        task = joining.task = asyncio.create_task(self._connected(accepted, joining))
        self._joining.add(task)

        def joined(_: asyncio.Task[None]) -> None:
            self._joining.discard(task)
            self.crowd.gone(joining)
            if task.cancelled():
                accepted.close()

        task.add_done_callback(joined)

    async def _connected(self, accepted: socket.socket, joining: _Joining) -> None:
        def connection() -> Connection:
            made = self._kind(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            made.join(self.crowd, joining)
            return made

        # What fails here is the peer's: it went away, or its TLS is none that we speak.
        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(
                connection, accepted, ssl=self.config.ssl
            )

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            self.crowd.sweep()
