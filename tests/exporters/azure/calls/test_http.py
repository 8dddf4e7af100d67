"""The one function that calls Azure: retries, waits, tokens and bounds, over a scripted transport."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import httpx
import pytest

from exporters.azure.calls.clock import Clock
from exporters.azure.calls.http import Call, Client, Traffic, address
from exporters.azure.errors import AzureError, BadReply, Refused, Throttled

URL = "https://azure.example/thing"
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class OneToken:
    """Tokens that count how often one was refused."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def get(self, scope: str) -> str:
        return f"token-{len(self.forgotten)}"

    def forget(self, scope: str, token: str) -> None:
        self.forgotten.append(token)


class Script:
    """Answers in order, the last one for ever; remembers the requests."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer


class Steady:
    """A monotonic clock that only waiting moves."""

    def __init__(self) -> None:
        self.seconds = monotonic()

    def __call__(self) -> float:
        return self.seconds


STEADY = Steady()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Waits pass at once; a test reads how long they would have been."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        STEADY.seconds += seconds

    monkeypatch.setattr("exporters.azure.calls.http.asyncio.sleep", sleep)
    yield waits


def client(script: Script) -> tuple[Client, OneToken, Traffic]:
    """A client that talks to a script."""
    tokens, traffic = OneToken(), Traffic()
    return (
        Client(tokens, traffic, transport=httpx.MockTransport(script), clock=Clock(steady=STEADY)),  # type: ignore[arg-type]  # as it is used
        tokens,
        traffic,
    )


def call(seconds: float = 1000.0, **changes: Any) -> Call:
    """A call that may take so long."""
    values: dict[str, Any] = {
        "api": "batch",
        "method": "POST",
        "url": URL,
        "scope": "s/.default",
        "deadline": STEADY() + seconds,
        "subscription": "sub",
    }
    return Call(**{**values, **changes})


def error(status: int, headers: dict[str, str] | None = None, code: str = "Code") -> httpx.Response:
    """An error of ARM's form."""
    return httpx.Response(status, headers=headers, json={"error": {"code": code, "message": "Why."}})


async def test_a_good_reply_is_its_body(slept: list[float]) -> None:
    """The request carries token and JSON; the reply is bytes."""
    script = Script(httpx.Response(200, json={"x": 1}))
    sender, _, traffic = client(script)
    assert await sender.send(call(body={"resourceids": ["/a"]})) == b'{"x":1}'
    (request,) = script.requests
    assert request.headers["authorization"] == "Bearer token-0"
    assert request.headers["content-type"] == "application/json"
    assert request.content == b'{"resourceids":["/a"]}'
    assert dict(traffic.requests) == {("batch", "200"): 1}
    assert slept == []


@pytest.mark.parametrize("status", [429, 503, 529])
@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("2.128", 2.128)])
async def test_retry_after_is_kept_to_the_second(
    slept: list[float], status: int, header: str, seconds: float
) -> None:
    """A throttled call waits as long as it was told, no longer and no shorter."""
    script = Script(error(status, {"Retry-After": header}), httpx.Response(200, json={}))
    sender, _, traffic = client(script)
    await sender.send(call())
    assert sum(slept) == pytest.approx(seconds)
    assert traffic.throttled == {("batch", "sub"): 1}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529, 408])
async def test_without_a_word_waits_grow(slept: list[float], status: int) -> None:
    """Without Retry-After the waits double, with jitter, and end after four attempts."""
    script = Script(error(status))
    sender, _, _ = client(script)
    with pytest.raises(AzureError) as caught:
        await sender.send(call())
    assert len(script.requests) == 4
    assert caught.value.status == status
    for wait, longest in zip(slept, (0.5, 1.0, 2.0), strict=True):
        assert longest / 2 <= wait <= longest


@pytest.mark.parametrize("status", [400, 403, 404, 409, 301, 302, 204 + 100])
async def test_refusals_are_final(slept: list[float], status: int) -> None:
    """Asking again changes nothing, and redirects are not followed: the token would travel along."""
    script = Script(error(status, {"Location": "https://elsewhere.example/"}, "AuthorizationFailed"))
    sender, _, _ = client(script)
    with pytest.raises(Refused, match="AuthorizationFailed: Why"):
        await sender.send(call())
    assert len(script.requests) == 1


async def test_a_refused_token_is_renewed_once(slept: list[float]) -> None:
    """A 401 in the middle of a run gets a new token; a second one is final."""
    script = Script(error(401), httpx.Response(200, json={}))
    sender, tokens, _ = client(script)
    await sender.send(call())
    assert tokens.forgotten == ["token-0"]
    assert script.requests[1].headers["authorization"] == "Bearer token-1"

    script = Script(error(401))
    sender, tokens, _ = client(script)
    with pytest.raises(Refused):
        await sender.send(call())
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        httpx.ReadError("reset"),
    ],
)
async def test_broken_connections_are_repeated(slept: list[float], failure: Exception) -> None:
    """Nothing arrived: ask again."""
    script = Script(failure, failure, httpx.Response(200, json={}))
    sender, _, traffic = client(script)
    assert await sender.send(call()) == b"{}"
    code = "timeout" if isinstance(failure, httpx.TimeoutException) else "connection"
    assert traffic.requests == {("batch", code): 2, ("batch", "200"): 1}


async def test_broken_compression_is_an_error(slept: list[float]) -> None:
    """A body that is not what its encoding says is no reply."""
    headers = {"content-encoding": "gzip"}
    script = Script(lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"not gzip")))
    sender, _, _ = client(script)
    with pytest.raises(AzureError, match="no reply"):
        await sender.send(call())


async def test_a_long_wait_ends_the_call_and_holds_its_bucket_alone(slept: list[float]) -> None:
    """A wait past the cycle is not waited for; the subscription stays paused, another one is not delayed."""
    script = Script(error(429, {"Retry-After": "300"}), httpx.Response(200, json={}))
    sender, _, _ = client(script)
    with pytest.raises(Throttled) as caught:
        await sender.send(call(60))
    assert caught.value.seconds == 300.0
    with pytest.raises(Throttled, match="the next call may start in 300 s"):
        await sender.send(call(60))
    assert len(script.requests) == 1
    await sender.send(call(60, subscription="other"))
    assert slept == []
    assert sender.levels()["batch", "sub"] == 0.0


async def test_too_long_a_reply_is_cut_off(slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound holds for what is unpacked: a small compressed body may be huge."""
    monkeypatch.setattr("exporters.azure.calls.http.LONGEST_REPLY_BYTES", 1000)
    packed = gzip.compress(b" " * 1_000_000)
    script = Script(httpx.Response(200, headers={"content-encoding": "gzip"}, content=packed))
    sender, _, _ = client(script)
    with pytest.raises(BadReply, match="more than 1000 bytes"):
        await sender.send(call())
    assert len(script.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html>502</html>", b'{"error":'])
async def test_strange_error_bodies_are_unknown_errors(slept: list[float], body: bytes) -> None:
    """A proxy's page or nothing at all is an error like any other."""
    sender, _, _ = client(Script(httpx.Response(400, content=body)))
    with pytest.raises(Refused, match="batch: 400 unknown error"):
        await sender.send(call())


async def test_calls_in_flight_are_bounded() -> None:
    """However many calls wait, eight run."""
    running = {"now": 0, "most": 0}

    async def answer(request: httpx.Request) -> httpx.Response:
        running["now"] += 1
        running["most"] = max(running["most"], running["now"])
        await asyncio.sleep(0.01)
        running["now"] -= 1
        return httpx.Response(200, json={})

    sender = Client(OneToken(), Traffic(), transport=httpx.MockTransport(answer))  # type: ignore[arg-type]  # as above
    await asyncio.gather(*(sender.send(call(deadline=float("inf"))) for _ in range(40)))
    assert running["most"] == 8
    await sender.close()


async def test_a_body_keeps_its_place_until_it_is_used() -> None:
    """Where bodies come faster than they are taken in, no more than eight are in memory."""
    unused = {"now": 0, "most": 0}

    def answer(request: httpx.Request) -> httpx.Response:
        unused["now"] += 1
        unused["most"] = max(unused["most"], unused["now"])
        return httpx.Response(200, json={})

    async def use(body: bytes, sent: float) -> int:
        await asyncio.sleep(0.01)
        unused["now"] -= 1
        return len(body)

    sender = Client(OneToken(), Traffic(), transport=httpx.MockTransport(answer))  # type: ignore[arg-type]  # as above
    calls = (sender.read(call(deadline=float("inf")), use, monotonic) for _ in range(40))
    assert await asyncio.gather(*calls) == [2] * 40
    assert unused["most"] == 8
    await sender.close()


async def test_a_body_comes_with_the_time_it_was_asked_for(slept: list[float]) -> None:
    """Of the attempt that brought it, and not of the first one or of its end."""
    clock = iter(range(10))
    answers = iter([error(500), error(500), httpx.Response(200, json={})])

    async def answer(request: httpx.Request) -> httpx.Response:
        return next(answers)

    async def use(body: bytes, sent: float) -> float:
        return sent

    sender = Client(OneToken(), Traffic(), transport=httpx.MockTransport(answer))  # type: ignore[arg-type]  # as above
    assert await sender.read(call(deadline=float("inf")), use, lambda: next(clock)) == 2
    assert len(slept) == 2
    await sender.close()


async def test_calls_that_queue_keep_a_wait_that_came_meanwhile() -> None:
    """Of forty calls eight are under way when Azure asks to wait: the others do not start before its end."""
    sent: list[float] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        sent.append(monotonic())
        first = len(sent) == 1
        await asyncio.sleep(0.01)
        return error(429, {"Retry-After": "0.3"}) if first else httpx.Response(200, json={})

    sender = Client(OneToken(), Traffic(), transport=httpx.MockTransport(answer))  # type: ignore[arg-type]  # as above
    await asyncio.gather(*(sender.send(call(deadline=float("inf"))) for _ in range(40)))
    begun = [at - sent[0] for at in sent]
    assert len([at for at in begun if at < 0.3]) == 8
    assert len(begun) == 41
    await sender.close()


def test_addresses_are_encoded_as_azure_wants() -> None:
    """Blanks and slashes of a query are percent-encoded, never written as plus."""
    found = address("https://arm.example/arm/", "/x", metricnames="Percentage CPU,Disk Read Bytes/sec")
    assert found == "https://arm.example/arm/x?metricnames=Percentage%20CPU,Disk%20Read%20Bytes%2Fsec"


async def test_a_missing_ca_file_is_said() -> None:
    """The message names the file."""
    with pytest.raises(AzureError, match=r"the CA file /nowhere/ca\.pem cannot be read"):
        Client(OneToken(), Traffic(), "/nowhere/ca.pem")  # type: ignore[arg-type]  # as above
