"""What runs, as the global view tells it: `up` of every component that the estate expects.

Contract: https://prometheus.io/docs/prometheus/latest/querying/api/ and, for `dedup` and `partial_response`,
https://thanos.io/tip/components/query.md/.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from estate.components import Component
from estate.running import Deployment, Running
from singlepane.server.recorded import Reading

REFRESH_SECONDS = 15.0
REQUEST_SECONDS = 10.0
# Without an answer for so long, what was told is no longer believed.
BELIEVED_SECONDS = 4 * REFRESH_SECONDS
# A component may be replaced, or a node; what is away for longer is lost.
PATIENCE_SECONDS = 300.0
# By cluster and component: its targets, how many of them are up, when the youngest process began.
TARGETS = 'count by (cluster, component) (up{component!=""})'
UP = 'sum by (cluster, component) (up{component!=""})'
STARTED = 'max by (cluster, component) (process_start_time_seconds{component!=""})'

_log = logging.getLogger("singlepane.server")
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """The targets of one component: how many, how many of them up, the start of the youngest (0: unknown)."""

    targets: int
    up: int
    started: float = 0.0


class View:
    """What Thanos Query tells of an estate's components. Asked in the background; reading never waits."""

    def __init__(
        self,
        estate: str,
        expected: Iterable[Component],
        query: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`query` is the URL of Thanos Query, `clock` gives Unix seconds."""
        self.url = query.rstrip("/")
        self._clock = clock
        self._told = Deployment(
            estate=estate,
            estate_file="",
            target="kubernetes",
            state_folder="",
            started=0.0,
            supervisor_pid=0,
            supervisor_started=0.0,
            components=tuple(
                Running(each.name, each.kind, each.cluster, "unknown", each.replica) for each in expected
            ),
        )
        self._reading: Reading[Deployment] = Reading()

    def read(self) -> Reading[Deployment]:
        """The last that was told; `problem` says why the last question was not answered."""
        return self._reading

    @property
    def believed(self) -> bool:
        """Whether it answered lately."""
        return self._clock() - self._reading.changed <= BELIEVED_SECONDS

    async def watch(self) -> None:
        """Ask again and again, until cancelled."""
        async with httpx.AsyncClient(trust_env=False, timeout=REQUEST_SECONDS) as client:
            while True:
                await self.look(client)
                await asyncio.sleep(REFRESH_SECONDS)

    async def look(self, client: httpx.AsyncClient) -> None:
        """Ask once. What goes wrong is kept for the page; nothing is raised."""
        last = self._reading
        try:
            seen = await self._asked(client)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, IndexError) as error:
            why = f"Thanos Query at {self.url} does not tell what runs: {_why(error)}"
            if not last.problem:
                _log.warning("%s", why)
            self._reading = Reading(last.value, last.changed, why)
            return
        now = self._clock()
        rows = judged(self._told.components, seen, now)
        self._told = replace(self._told, components=rows)
        self._reading = Reading(self._told, now)

    async def _asked(self, client: httpx.AsyncClient) -> dict[Place, Seen]:
        targets, up, started = await asyncio.gather(
            *(self._instant(client, each) for each in (TARGETS, UP, STARTED))
        )
        return {
            place: Seen(int(count), int(up.get(place, 0)), started.get(place, 0.0))
            for place, count in targets.items()
        }

    async def _instant(self, client: httpx.AsyncClient, expression: str) -> dict[Place, float]:
        """A cluster that cannot be asked is left out of the answer, and so not known."""
        params = {"query": expression, "dedup": "true", "partial_response": "true"}
        reply = await client.get(f"{self.url}/api/v1/query", params=params)
        reply.raise_for_status()
        rows: Sequence[Mapping[str, Any]] = reply.json()["data"]["result"]
        return {
            (row["metric"].get("cluster", ""), row["metric"]["component"]): float(row["value"][1])
            for row in rows
        }


def judged(before: Iterable[Running], seen: Mapping[Place, Seen], now: float) -> tuple[Running, ...]:
    """The same components as they are now.

    Of a cluster without any target nothing is known. What is away may be on its way back, until it was away
    for `PATIENCE_SECONDS`.
    """
    known = {cluster for cluster, _ in seen}
    return tuple(_judged(row, seen.get((row.cluster, row.name)), row.cluster in known, now) for row in before)


def _judged(row: Running, seen: Seen | None, known: bool, now: float) -> Running:
    if not known:
        why = f"the global view has nothing of {row.cluster}"
        since = row.since if row.state == "unknown" and row.since else now
        return replace(row, state="unknown", since=since, last_error=why, note="")
    if seen is not None and seen.up == seen.targets:
        note = f"{seen.targets} pods" if seen.targets > 1 else ""
        return replace(row, state="ready", since=seen.started, last_error="", note=note)
    if seen is not None and seen.up:
        note = f"{seen.up} of {seen.targets} pods answer"
        why = f"{seen.targets - seen.up} of {seen.targets} pods do not answer their Prometheus"
        since = row.since if row.state == "backoff" else now
        return replace(row, state="backoff", since=since, last_error=why, note=note)
    away = row.state in ("backoff", "waiting", "failed") and not row.note
    since = row.since if away else now
    lost = now - since >= PATIENCE_SECONDS
    if seen is None:
        why = "no Prometheus scrapes it: it has no pod, or its monitor selects none"
        return replace(row, state="failed" if lost else "waiting", since=since, last_error=why, note="")
    why = "it does not answer its Prometheus"
    return replace(row, state="failed" if lost else "backoff", since=since, last_error=why, note="")


def _why(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"it answers with {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {REQUEST_SECONDS:g} s"
    if isinstance(error, httpx.TransportError):
        text = str(error)
        return "connection refused" if "All connection attempts failed" in text else text
    return f"another document than expected ({type(error).__name__})"
