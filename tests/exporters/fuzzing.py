"""Spoilt replies of each API: nothing breaks, nothing wrong is shown, one error counted each.

Every function takes how many replies to spoil, and gives how many of them were counted as errors.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from io import BytesIO
from typing import Any
from unittest.mock import patch

import requests
import structlog
from azure.core.pipeline.transport import RequestsTransport
from azure.identity import ClientSecretCredential
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from estate.model import AzureBudget, AzureMetric
from exporters.azure.calls.clock import Clock
from exporters.azure.calls.http import Call, Traffic
from exporters.azure.discovery.catalogue import Catalogue, Scope
from exporters.azure.discovery.definitions import AGGREGATIONS
from exporters.azure.discovery.graph import discover
from exporters.azure.discovery.resources import Resource, series_labels
from exporters.azure.errors import AzureError, Refused
from exporters.azure.metrics import reader
from exporters.azure.metrics.ledger import Ledger
from exporters.azure.metrics.omissions import Omissions
from exporters.azure.metrics.plan import Group
from exporters.azure.metrics.reader import GroupState, Reader
from exporters.azure.metrics.routes import Refusals
from exporters.azure.signin.identity import Tokens
from exporters.azure.signin.sign_in import SignIn, instead
from exporters.configuration.endpoints import Endpoints
from tests.exporters.azure_values import STORAGE, SUBSCRIPTION, account, batch, item, metric, series, wanted
from tests.exporters.doubles import recorded
from tests.exporters.spoiling import spoilt

START = 1_800_000_000
HORIZON = START + 300
SCOPE = Scope("shop", SUBSCRIPTION, "tenant")
FOREVER = float("inf")
TYPE = "Microsoft.Storage/storageAccounts"


class Answering:
    """A client, and the clients of all tenants, that answers each API with what it is given."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {name.replace("_", "-"): answer for name, answer in answers.items()}
        self.traffic = Traffic()
        self.endpoints = Endpoints()
        self.calls: list[Call] = []
        self.refusals = Refusals()
        self.omissions = Omissions()

    def memory(self, kind: type[object]) -> object:
        return self.omissions if kind is Omissions else self.refusals

    def of(self, tenant: str) -> Answering:
        return self

    def reach(self, tenant: str) -> Endpoints:
        return self.endpoints

    def note(self, error: AzureError) -> None:
        self.traffic.note(error)

    async def send(self, call: Call) -> bytes:
        self.calls.append(call)
        answer = self.answers[call.api]
        if isinstance(answer, AzureError):
            raise answer
        body: bytes = answer
        return body

    async def read(
        self, call: Call, use: Callable[[bytes, float], Awaitable[None]], wall: Callable[[], float]
    ) -> None:
        await use(await self.send(call), wall())


@contextmanager
def direct() -> Iterator[None]:
    """Threads would only cost time here, and azure-identity logs every failure."""

    async def call(function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)

    with ExitStack() as patches:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        patches.callback(structlog.reset_defaults)
        patches.enter_context(patch.object(asyncio, "to_thread", call))
        patches.enter_context(patch.object(reader, "worked", call))
        for name in ("azure.identity", "msal"):
            patches.enter_context(patch.object(logging.getLogger(name), "level", logging.CRITICAL))
        yield


# Of one series, each bucket adds a bit of its own: any sum says what was added, and how often.
BASES = {("1", "a"): 1.0, ("1", "b"): 2.0**8, ("2", "a"): 2.0**16, ("2", "b"): 2.0**24}
METRIC = wanted("Ingress", ("Average", "Total"), dimensions=("ApiName",))


def points(base: float) -> list[dict[str, Any]]:
    """Five minutes, the third without a datum."""
    return [
        {"timeStamp": f"2027-01-15T08:{minute:02}:00Z"}
        | ({} if minute == 2 else {"average": base + minute, "total": base * 2**minute})
        for minute in range(5)
    ]


def measured(number: str) -> dict[str, Any]:
    """The metric of an account."""
    return metric("Ingress", *(series(*points(BASES[number, api]), apiname=api) for api in "ab"))


def of_subscription() -> dict[str, Any]:
    """All accounts in one reply, told apart by their ids."""
    every = [
        series(*points(base), **{"microsoft.resourceid": account(int(number)).id.upper(), "apiname": api})
        for (number, api), base in BASES.items()
    ]
    return {"timespan": "x/y", "interval": "PT1M", "namespace": STORAGE, "value": [metric("Ingress", *every)]}


GOOD: dict[str, tuple[Any, int]] = {
    "batch": ({"values": [item(measured(number), account_number=int(number)) for number in "12"]}, 2),
    "metrics-subscription": (of_subscription(), 2),
    "metrics": ({"cost": 4, "timespan": "x/y", "interval": "PT1M", "value": [measured("1")]}, 1),
}


def wrong(ledger: Ledger) -> list[str]:
    """Samples that Azure never gave."""
    found = []
    for family in ledger.families(HORIZON, lambda key: FOREVER):
        for sample in family.samples:
            number, api = sample.labels.get("resource_name").removeprefix("st"), sample.labels.get("api_name")
            # A name that was spoilt is what Azure said; its numbers must still be of one series.
            bases = [
                base
                for (of, name), base in BASES.items()
                if of == number and (name == api or api not in "ab")
            ]
            bases += [base for (of, _), base in BASES.items() if of == number and api == ""]
            averages = {base + minute for base in bases for minute in (0, 1, 3, 4)}
            sums = any(
                sample.value / base in range(32) and not int(sample.value / base) & 4 for base in bases
            )
            if not (sample.value in averages if family.type == "gauge" else sums):
                found.append(f"{family.name}{sample.labels.text} {sample.value}")
    return found


async def data(api: str, replies: int) -> int:
    """Points of the three metrics APIs, from the wire to the samples."""
    good, accounts = GOOD[api]
    shape = batch(METRIC, accounts=accounts)
    group = Group(shape.key, shape.resources, shape.metrics)
    clock = Clock(lambda: float(HORIZON), lambda: 0.0)
    good_text = json.dumps(good)
    chance = random.Random(7)
    errors = served = 0
    for _ in range(replies):
        client = Answering(**{api.replace("-", "_"): spoilt(good_text, chance)})
        ledger = Ledger(180, lambda one: series_labels(one, "shop"), AzureBudget())
        reader = Reader(Catalogue([SCOPE], []), client, ledger, clock)  # type: ignore[arg-type]  # what it uses of Clients
        closed = {"batch": (), "metrics-subscription": ("batch",), "metrics": ("batch", "subscription")}[api]
        reader.refusals.until = dict.fromkeys(((STORAGE, "westeurope", name) for name in closed), FOREVER)
        status = GroupState(horizon=HORIZON)
        await reader.read(group, status, FOREVER, 0.0)
        counted = sum(client.traffic.errors.values())
        assert counted == bool(status.error)
        assert client.traffic.errors[api, "bad_reply"] == counted
        assert wrong(ledger) == []
        errors += counted
        served += bool(ledger.tracks)
    # The spoiling neither breaks everything nor nothing.
    assert errors > replies / 10
    assert served > replies / 10
    return errors


def row(number: int) -> dict[str, Any]:
    """An account as discovery sees it."""
    return {
        "id": account(number).id,
        "name": f"st{number}",
        "location": "westeurope",
        "tags": {"team": "shop"},
    }


TRUE = {account(number).id for number in range(1, 6)}


async def discovered(client: Answering) -> dict[str, Resource]:
    """What is found, which must be true."""
    found = await discover(client, client.endpoints, [SUBSCRIPTION], [TYPE], FOREVER)  # type: ignore[arg-type]  # what it uses of Client
    assert found.resources.keys() <= TRUE
    assert all(one.type == STORAGE for one in found.resources.values())
    assert bool(found.problems) == bool(client.traffic.errors["resources", "bad_reply"])
    return found.resources


async def graph(replies: int) -> int:
    """Resource Graph, with the listing behind it."""
    good = {"totalRecords": 5, "count": 5, "data": [row(n) for n in range(1, 6)], "resultTruncated": "false"}
    good_text = json.dumps(good)
    chance = random.Random(8)
    errors = 0
    for _ in range(replies):
        client = Answering(graph=spoilt(good_text, chance), resources=b'{"value":[]}')
        await discovered(client)
        listed = [call for call in client.calls if call.api == "resources" and "filter" not in call.url]
        assert client.traffic.errors.total() == client.traffic.errors["graph", "bad_reply"] == len(listed)
        errors += len(listed)
    assert replies / 10 < errors < replies
    return errors


async def listing(replies: int) -> int:
    """ARM's listing, with Resource Graph refused."""
    link = "https://management.azure.com/subscriptions/x/resources?$skiptoken=y"
    good = {"value": [row(n) for n in range(1, 6)], "nextLink": None}
    chance = random.Random(9)
    errors = 0
    for number in range(replies):
        document = {**good, "nextLink": link} if number % 10 == 0 else good
        client = Answering(
            graph=Refused("graph: 400", status=400, api="graph"),
            resources=spoilt(json.dumps(document), chance),
        )
        await discovered(client)
        assert client.traffic.errors["graph", "refused"] == 1
        counted = client.traffic.errors["resources", "bad_reply"]
        assert client.traffic.errors.total() == 1 + counted <= 2
        errors += counted
    assert replies / 10 < errors < replies
    return errors


async def definitions(replies: int) -> int:
    """Definitions, and what is made of the configuration with them."""
    document = recorded("metric-definitions", "vm-recorded")["response"]["body"]
    good = {"value": document["value"][:4]}
    legal = {each["name"]["value"] for each in good["value"]}
    rows = [AzureMetric.model_validate({"type": TYPE, "names": sorted(legal), "interval": "PT5M"})]
    one = account(1)
    good_text = json.dumps(good)
    chance = random.Random(10)
    errors = 0
    for _ in range(replies):
        client = Answering(definitions=spoilt(good_text, chance))
        catalogue = Catalogue([SCOPE], rows, resources={one.id: one}, _discover_at=FOREVER)
        await catalogue.refresh(client, FOREVER)  # type: ignore[arg-type]  # what it uses of Clients
        counted = client.traffic.errors.total()
        assert counted == client.traffic.errors["definitions", "bad_reply"] == len(catalogue.problems)
        for each in catalogue.wanted:
            assert each.definition.name in legal
            assert set(each.aggregations) <= set(AGGREGATIONS)
        # Each is read, or it is said why not or in which other interval.
        told = {each.definition.name.lower() for each in catalogue.wanted}
        assert counted or len(told | {each.metric.lower() for each in catalogue.mismatches}) == 4
        errors += counted
    assert replies / 10 < errors < replies
    return errors


class Entra(BaseAdapter):
    """Answers the discovery of a tenant well and a token request with what it is given."""

    body = b""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **keys: Any) -> requests.Response:
        reply = requests.Response()
        reply.status_code = 200
        reply.headers["content-type"] = "application/json"
        base = "https://login.microsoftonline.com/t"
        known = b'{"authorization_endpoint":"%s/a","token_endpoint":"%s/t","issuer":"%s/v2.0"}'
        body = self.body if request.method == "POST" else known % ((base.encode(),) * 3)
        reply.raw = HTTPResponse(BytesIO(body), preload_content=False)
        reply.url = str(request.url)
        reply.request = request
        return reply

    def close(self) -> None: ...


async def tokens(replies: int) -> int:
    """Entra's replies, through azure-identity: a token that Entra gave, or one error in our own words."""
    entra = Entra()
    session = requests.Session()
    session.mount("https://", entra)
    # Reading the environment for proxies would take longer than all the rest.
    session.trust_env = False
    transport = RequestsTransport(session=session, session_owner=False)

    def make() -> ClientSecretCredential:
        return ClientSecretCredential(
            "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001",
            "client",
            "s3cr3t-value",
            disable_instance_discovery=True,
            transport=transport,
        )

    def shared(held: ClientSecretCredential, sign_in: SignIn) -> ClientSecretCredential:
        return held

    good = {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "eyJ0.a.b"}
    good_text = json.dumps(good)
    chance = random.Random(11)
    ways: dict[str, int] = {"token": 0, "error": 0}
    for number in range(replies):
        if number % 200 == 0:
            # Made anew now and then, for it keeps every token; each scope is asked for once.
            held = make()
        entra.body = spoilt(good_text, chance)
        sign_in = SignIn("t", instead("env:X"), "https://login.microsoftonline.com")
        tokens = Tokens(sign_in, partial(shared, held))
        try:
            token = await tokens.get(f"https://{number}.example/.default")
        except AzureError as error:
            assert error.api == "token"
            assert "s3cr3t" not in str(error)
            ways["error"] += 1
        else:
            assert isinstance(token, str)
            assert token.encode() in entra.body
            ways["token"] += 1
    assert min(ways.values()) > replies / 10
    return ways["error"]


# By the API whose replies are spoilt.
FUZZES: Mapping[str, Callable[[int], Coroutine[Any, Any, int]]] = {
    **{api: partial(data, api) for api in GOOD},
    "graph": graph,
    "resources": listing,
    "definitions": definitions,
    "token": tokens,
}
