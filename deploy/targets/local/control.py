"""The control channel: JSON lines over a socket, between the command line and the supervisor.

A connection begins with `{"deployment": …}` and gets it anew at every change. A request is `{"verb": …}`; it
is answered with `{"done": VERB}` or `{"error": {"kind", "message", "remedy"}, "verb": VERB}`, and other
requests on the same connection are taken meanwhile. Verbs: `apply` (`estate_file`, `launches`; its answer
holds `changes`), `restart` (`component`), `down`, `hurry` (stops become kills), `detach` (this connection is
no lease any more).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from deploy.targets.local.launch import Launch
from deploy.targets.local.supervisor import Supervisor
from deploy.targets.local.wire import encode
from estate.errors import SinglepaneError, UsageError

# Seconds in which changes that come close together become one message.
_TOGETHER = 0.05


class Conversation:
    """One connection to the supervisor. `lease` is whether its end is to stop everything."""

    def __init__(
        self,
        supervisor: Supervisor,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        lease: bool = False,
    ) -> None:
        self.lease = lease
        self._supervisor = supervisor
        self._reader, self._writer = reader, writer
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until the other side leaves, or everything is stopped and said."""
        tasks = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._tell()),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # What was begun is done, even if nobody waits for it any more; only the end of the lease stops it.
        if self._answers and (self._supervisor.ended.is_set() or not self.lease):
            await asyncio.wait(self._answers)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _listen(self) -> None:
        with suppress(OSError, ValueError):
            while line := await self._reader.readline():
                task = asyncio.create_task(self._answer(line))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)

    async def _tell(self) -> None:
        supervisor = self._supervisor
        while True:
            version = supervisor.news.version
            await self._show()
            if supervisor.ended.is_set():
                return
            await asyncio.sleep(_TOGETHER)
            await supervisor.news.after(version)

    async def _answer(self, line: bytes) -> None:
        verb = None
        try:
            request = json.loads(line)
            verb = request["verb"]
            told = await self._do(verb, request)
        except SinglepaneError as error:
            await self._refuse(verb, type(error).__name__, error.message, error.remedy)
        except (ValueError, KeyError, TypeError) as error:
            await self._refuse(
                verb, UsageError.__name__, f"not a request of the control channel: {error!r}", ""
            )
        else:
            # Whoever hears that it is done has seen how things are then.
            await self._show()
            await self._send({"done": verb, **told})

    async def _do(self, verb: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do it; what there is to tell of it."""
        match verb:
            case "apply":
                launches = [Launch.from_document(row) for row in request["launches"]]
                return {"changes": asdict(await self._supervisor.apply(request["estate_file"], launches))}
            case "restart":
                await self._supervisor.restart(request["component"])
            case "down":
                await self._supervisor.stop()
            case "hurry":
                self._supervisor.hurry.set()
            case "detach":
                self.lease = False
            case _:
                raise ValueError(verb)
        return {}

    async def _show(self) -> None:
        await self._send({"deployment": self._supervisor.deployment().document()})

    async def _refuse(self, verb: str | None, kind: str, message: str, remedy: str) -> None:
        await self._send({"error": {"kind": kind, "message": message, "remedy": remedy}, "verb": verb})

    async def _send(self, message: Mapping[str, Any]) -> None:
        # Whoever left does not want to know; `_listen` sees the end of the connection.
        with suppress(OSError):
            self._writer.write(encode(message))
            await self._writer.drain()
