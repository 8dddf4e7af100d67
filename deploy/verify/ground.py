"""What every hop stands on: the estate, what runs of it, and one bounded way to ask a component over HTTP."""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.targets.local.way import LOCAL
from deploy.targets.way import Way
from deploy.verify.block import Block
from deploy.verify.shared import Shared
from estate.model import Estate
from estate.running import Deployment, Running

# Requests in flight over all chains; a verification must not become load of its own.
CONCURRENT_REQUESTS = 16
REQUEST_SECONDS = 10.0


class Broken(Exception):
    """A hop does not hold (yet). `final`: trying again cannot help, so it is not waited for."""

    def __init__(self, cause: str, remedy: str, *, final: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.final = final


class Refusing(Broken):
    """A component lives and answers, but not with what was asked for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A component's answer. `at` is the time there, in Unix seconds, so that skewed clocks do not matter."""

    body: bytes
    at: float
    response: httpx.Response

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return self.response.json()

    def text(self) -> str:
        """The body as text."""
        return self.response.text


@dataclass(frozen=True, slots=True)
class Ground:
    """Passed to every hop; it holds no result of any."""

    estate: Estate
    deployment: Deployment
    client: httpx.AsyncClient
    engine: Callable[[str], Path]
    way: Way = LOCAL
    requests: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT_REQUESTS))
    # All chains want the listing of the bucket at about the same time, and it costs a process.
    listing: Shared[tuple[Block, ...]] = field(default_factory=Shared)

    @property
    def in_clusters(self) -> bool:
        """Whether the estate runs in clusters, and not on this machine."""
        return self.deployment.target == "kubernetes"

    def component(self, name: str) -> Running:
        """The component of that name, or Broken when the estate says more than what runs."""
        try:
            return self.deployment.component(name)
        except KeyError:
            raise Broken(
                f"the estate has {name}, but nothing of that name runs: it changed after `singlepane up`",
                "Run `singlepane up` again so that what runs is what the file says.",
                final=True,
            ) from None

    def of_kind(self, *kinds: str, cluster: str = "") -> tuple[Running, ...]:
        """Components of these kinds, of one cluster if named."""
        return tuple(
            each
            for each in self.deployment.components
            if each.kind in kinds and (not cluster or each.cluster == cluster)
        )

    async def get(
        self,
        component: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        port: str = "http",
        seconds: float = REQUEST_SECONDS,
    ) -> Reply:
        """GET a path of a component. Raises Broken with cause and remedy unless it answers 2xx in time."""
        running = self.component(component)
        remedy = _remedy(running)
        address = running.addresses.get(port, "")
        if not address and self.in_clusters:
            raise Broken(f"{component} cannot be asked{_state(running)}", remedy)
        url = f"{'https' if port == 'https' else 'http'}://{address}{path}"
        where = f"{component} at {running.inside.get(port) or address}"
        try:
            async with self.requests:
                response = await self.client.get(url, params=dict(params or {}), timeout=seconds)
        except httpx.TimeoutException:
            raise Broken(f"{where} does not answer within {seconds:g} s: it hangs", remedy) from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            if trouble := self.way.trouble(address):
                raise Broken(
                    f"{where} does not answer: {trouble.message}{_state(running)}", trouble.remedy or remedy
                ) from None
            raise Broken(f"{where} does not answer: {_why(error)}{_state(running)}", remedy) from None
        if not response.is_success:
            raise Refusing(f"{where} answers {path} with {response.status_code}: {_said(response)}", remedy)
        return Reply(response.content, _time_there(response), response)

    async def reach(self, component: str, port: str) -> None:
        """Connect to a port of a component. Raises Broken with cause and remedy unless somebody listens."""
        running = self.component(component)
        address = running.addresses.get(port, "")
        host, _, number = address.rpartition(":")
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                _, writer = await asyncio.open_connection(host, int(number))
        except (OSError, ValueError) as error:
            why = "connection refused" if isinstance(error, ConnectionRefusedError) else _why(error)
            raise Broken(
                f"{component} at {address} does not answer: {why}{_state(running)}", _remedy(running)
            ) from None
        writer.close()

    async def data(
        self, component: str, path: str, params: Mapping[str, str] | None = None
    ) -> tuple[Any, float]:
        """`data` of a reply of the Prometheus HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/),
        and the time there."""
        reply = await self.get(component, path, params)
        try:
            return reply.json()["data"], reply.at
        except (ValueError, KeyError, TypeError):
            raise Broken(
                f"{component} answers {path} with no API document: {_said(reply.response)}",
                f"See what listens at {self.component(component).addresses.get('http')}.",
            ) from None


def _why(error: Exception) -> str:
    text = str(error)
    return "connection refused" if "All connection attempts failed" in text else text or type(error).__name__


def _state(running: Running) -> str:
    if running.state == "ready":
        return ""
    error = f", {running.last_error}" if running.last_error else ""
    return f" (its state is {running.state}{error})"


def _remedy(running: Running) -> str:
    return (
        f"See why with `singlepane logs {running.name}`, "
        f"then start it again with `singlepane restart {running.name}`."
    )


def _said(response: httpx.Response) -> str:
    """What an error reply says: the `error` of an API document, or its first line."""
    try:
        document = response.json()
    except ValueError:
        document = None
    if isinstance(document, dict) and isinstance(document.get("error"), str):
        return str(document["error"])[:300]
    lines = response.text.strip().splitlines()
    return lines[0][:300] if lines else "nothing"


def _time_there(response: httpx.Response) -> float:
    try:
        return email.utils.parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()
