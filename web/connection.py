"""One HTTP/1.1 connection of uvicorn that tells the crowd what it is waiting for."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from web.bounds import Step
from web.crowd import Crowd, Member

_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connection(H11Protocol):
    """What `web.server.Server` makes for each connection; give uvicorn's Config this or a subclass as `http`.

    `join` comes before anything else.
    """

    _crowd: Crowd
    _before: Member

    def join(self, crowd: Crowd, before: Member) -> None:
        """Belong to a crowd, and take the place of what this was before, once there is a connection."""
        self._crowd = crowd
        self._before = before

    def step(self) -> Step:
        """Where it is now."""
        if self.transport.is_closing():
            return Step.LEAVING
        # A body is theirs to send, even where we have answered without it.
        if self.conn.their_state is h11.SEND_BODY:
            return Step.BODY
        if self.flow.write_paused:
            return Step.READING
        if self.cycle is not None and not self.cycle.response_complete:
            return Step.ANSWERING
        return Step.HEAD if self.conn.trailing_data[0] else Step.WAITING

    def leave(self, step: Step) -> None:
        """Close it at once; a head that did not come is answered with 408."""
        if step is Step.HEAD and not self.transport.is_closing():
            self.transport.write(_LATE)
        # What is not sent by now is lost: waiting for a peer that does not read is how places are held.
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as its base has it
        """Called once per connection."""
        super().connection_made(transport)
        self._crowd.gone(self._before)
        self._crowd.moved(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called once at the end."""
        super().connection_lost(exc)
        self._crowd.gone(self)

    def data_received(self, data: bytes) -> None:
        """Called for whatever arrives."""
        super().data_received(data)
        self._crowd.moved(self)

    def on_response_complete(self) -> None:
        """Called when all of an answer is handed over; the next request may be here already."""
        super().on_response_complete()
        self._crowd.moved(self)

    def pause_writing(self) -> None:
        """Called when the peer does not read."""
        super().pause_writing()
        self._crowd.moved(self)

    def resume_writing(self) -> None:
        """Called when the peer reads again."""
        super().resume_writing()
        self._crowd.moved(self)

    def timeout_keep_alive_handler(self) -> None:
        """Called when it was idle for long; one that still reads its answer is not, and has its own bound."""
        if not self.flow.write_paused:
            super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        """Called for what is no HTTP; counted, because a line of the log for each would fill the disk."""
        self._crowd.shed["malformed"] += 1
        super().send_400_response(msg)
