"""The simulator as a transport: the same application, a network with delays, and a record of calls."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from simulators.azure.app import AzureSimulator, answer, api_name
from simulators.azure.fleet import DEFAULT_CLIENT
from simulators.azure.routing import route
from simulators.azure.world import World
from tests.azure_day.moment import Moment

HOST = "azure.test"
AUTHORITY = f"https://{HOST}/entra"
ARM = f"https://{HOST}/arm"
METRICS = f"https://{HOST}/metrics/{{region}}"
_TOKEN_BODY = "grant_type=client_credentials&client_id={}&client_secret=simulator&scope={}"


@dataclass(frozen=True, slots=True)
class Made:
    """One call: when it was sent, came in and was answered (Unix seconds), the API, the subscription in its
    path, the status of the reply (0 for none).
    """

    sent: float
    at: float
    answered: float
    api: str
    subscription: str
    status: int


class _Abrupt:
    """Stands where a server has its connection; it is only ever cut."""

    def __init__(self) -> None:
        self.cut = False

    def get_extra_info(self, name: str) -> _Abrupt:
        return self

    def setsockopt(self, *arguments: object) -> None:
        return

    def abort(self) -> None:
        self.cut = True


class Wire(httpx.AsyncBaseTransport):
    """Takes requests to the simulator. `made` are the calls, where `keep` asks for them; each takes 20 to 200
    ms.
    """

    def __init__(self, world: World, moment: Moment, seed: int = 1, keep: bool = False) -> None:
        self.made: list[Made] = []
        self.calls: Counter[str] = Counter()
        self._world = world
        self._moment = moment
        self._app = AzureSimulator(world)
        self._keep = keep
        self._chance = random.Random(seed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sent = self._moment.wall()
        await asyncio.sleep(self._chance.uniform(0.01, 0.1))
        arrived = self._moment.wall()
        limit = request.extensions.get("timeout", {}).get("read")
        try:
            async with asyncio.timeout(limit):
                reply = await self._exchange(request)
        except TimeoutError:
            raise httpx.ReadTimeout("no reply in time", request=request) from None
        await asyncio.sleep(self._chance.uniform(0.01, 0.1))
        self._record(request, sent, arrived, reply.status_code)
        return reply

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        connection = _Abrupt()
        raw_path, _, query = request.url.raw_path.partition(b"?")
        scope: dict[str, Any] = {
            "type": "http",
            "method": request.method,
            "path": raw_path.decode(),
            "raw_path": raw_path,
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "state": {"transport": connection},
        }
        sent: list[dict[str, Any]] = []
        body = request.content

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)  # type: ignore[arg-type]  # dictionaries are what it uses
        self.calls[self._api(request)] += 1
        if connection.cut:
            raise httpx.ReadError("connection reset", request=request)
        if sent[-1].get("more_body"):
            raise httpx.RemoteProtocolError("peer closed connection", request=request)
        return httpx.Response(
            sent[0]["status"], headers=sent[0]["headers"], stream=httpx.ByteStream(sent[1]["body"])
        )

    def _api(self, request: httpx.Request) -> str:
        path, _, query = request.url.raw_path.decode().partition("?")
        return api_name(route(request.method, HOST, path, query, {}, b""))

    def _record(self, request: httpx.Request, sent: float, arrived: float, status: int) -> None:
        if self._keep:
            pieces = request.url.path.lower().split("/subscriptions/")
            owner = pieces[1].split("/")[0] if len(pieces) > 1 else ""
            answered = self._moment.wall()
            self.made.append(Made(sent, arrived, answered, self._api(request), owner, status))


class Credential:
    """Asks the simulator's Entra for a token, at once. azure-identity itself is tested elsewhere."""

    def __init__(self, world: World, moment: Moment, tenant: str) -> None:
        self._world = world
        self._moment = moment
        self._tenant = tenant

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        body = _TOKEN_BODY.format(DEFAULT_CLIENT, scopes[0]).encode()
        path = f"/entra/{self._tenant}/oauth2/v2.0/token"
        target = route("POST", HOST, path, "", {}, body)
        faults = self._world.faults.striking("token", target.request, self._moment.wall())
        reply = answer(self._world, target, faults)
        cut = any(fault.kind in ("reset", "truncated") for fault in faults)
        try:
            found = msgspec.json.decode(reply.content(), type=dict[str, Any])
            expires = int(self._moment.wall()) + found["expires_in"]
            token = AccessToken(found["access_token"], expires)
        except (msgspec.DecodeError, KeyError):
            cut = True
        if cut or reply.status != 200:
            raise ClientAuthenticationError(message=f"Entra answered {reply.status}")
        return token
