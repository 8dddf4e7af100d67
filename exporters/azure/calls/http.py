"""The one function that calls Azure: token, pace, retries, error envelopes, bounds."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote, urlencode

import httpx
import msgspec

from exporters.azure.calls.clock import REAL, Clock
from exporters.azure.calls.pace import PER_PRINCIPAL, RATES, Bucket, remaining, wait_seconds
from exporters.azure.calls.refusal import NO_SUCH_HOST
from exporters.azure.errors import AzureError, BadReply, Refused, Throttled, kind, parse
from exporters.azure.signin.identity import Tokens

ATTEMPTS = 4
# Decoded: a batch of 50 resources, 20 metrics and an hour of minutes is about 10 MB.
LONGEST_REPLY_BYTES = 64 * 1024 * 1024
# Per subscription, so that a slow one does not take the place of another.
IN_FLIGHT = 8
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_THROTTLES = frozenset({429, 503, 529})
_REPEATED = frozenset({408, 500, 502, 504})
# A shorter wait is worth waiting for.
MOMENT_SECONDS = 3.0
_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 20.0

T = TypeVar("T")


def address(base: str, path: str, **query: str) -> str:
    """A URL of a path and a query as they are meant: each is percent-encoded here, once, and nowhere else.

    Names of resources may hold blanks, quotes and more. Blanks and slashes of the query are encoded, as
    Azure's documents ask for; its commas are not, for some versions of Azure Monitor took `A%2CB` for one
    name.
    """
    return f"{base.rstrip('/')}{quote(path, safe='/:()')}?{urlencode(query, quote_via=quote, safe=',')}"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `api` names its pace and its counters; `subscription` owns the bucket (empty: the tenant
    does).

    `deadline` is on the client's steady clock: no attempt starts, and no wait ends, after it.
    """

    api: str
    method: str
    url: str
    scope: str
    deadline: float
    subscription: str = ""
    body: object = None


@dataclass(slots=True)
class Traffic:
    """What was called, for own metrics. `code` is an HTTP status, `timeout` or `connection`; `errors` are
    calls that failed for good, by API and kind (see `errors.kind`).
    """

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    throttled: Counter[tuple[str, str]] = field(default_factory=Counter)

    def record(self, call: Call, code: str, seconds: float) -> None:
        """One attempt ended."""
        self.requests[call.api, code] += 1
        self.seconds[call.api] = self.seconds.get(call.api, 0.0) + seconds

    def note(self, error: AzureError) -> None:
        """A call failed for good; whoever gives up on it says so, once."""
        self.errors[error.api or "client", kind(error)] += 1


class Client:
    """Calls to Azure as one identity of one tenant. Raises AzureError when `ca_file` cannot be read.

    `clock` is that of waits and deadlines. Of `shards` processes with this identity it takes one's pace.
    """

    def __init__(
        self,
        tokens: Tokens,
        traffic: Traffic,
        ca_file: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = REAL,
        shards: int = 1,
    ) -> None:
        self._shards = shards
        self._clock = clock
        self._tokens = tokens
        self._traffic = traffic
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._http = httpx.AsyncClient(
            verify=_context(ca_file), timeout=_TIMEOUT, transport=transport, follow_redirects=False
        )

    @property
    def certificate_ends(self) -> float | None:
        """When the client certificate that it signs in by expires, as far as is known (Unix seconds)."""
        return self._tokens.certificate_ends

    def counted(self, traffic: Traffic) -> Client:
        """The same connections, token and pace; what is called through it is counted there."""
        other = copy(self)
        other._traffic = traffic
        return other

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def levels(self) -> dict[tuple[str, str], float]:
        """Share left in each bucket, by (api, subscription)."""
        return {key: bucket.level for key, bucket in self._buckets.items()}

    def held(self, subscription: str) -> bool:
        """Whether Azure asked this subscription to wait for longer than a moment."""
        return any(
            bucket.paused() > MOMENT_SECONDS
            for (_, owner), bucket in self._buckets.items()
            if owner == subscription
        )

    def note(self, error: AzureError) -> None:
        """Count a call that failed for good."""
        self._traffic.note(error)

    async def send(self, call: Call) -> bytes:
        """The body of a 2xx reply; see `read`."""
        return await self.read(call, _itself, self._clock.wall)

    async def read(
        self, call: Call, use: Callable[[bytes, float], Awaitable[T]], wall: Callable[[], float]
    ) -> T:
        """What `use` makes of the body of a 2xx reply and of what `wall` said when it was asked for. Raises
        AzureError after the retries that make sense before `call.deadline`, and what `use` raises.

        429, 503 and 529 wait as long as the reply says, to the second, and hold back the whole bucket, also
        for the next cycle; where they say nothing, and for 408, other 5xx and broken connections, the wait is
        exponential with jitter. A 401 is repeated once with a new token. Other 4xx and redirects are final.

        A call has its place in flight until its body is used: where bodies arrive faster than they are read,
        they wait at Azure and not in memory.
        """
        bucket = self._bucket(call)
        renewed = False
        for attempt in range(1, ATTEMPTS + 1):
            await self._wait_for(bucket, call)
            token = await self._tokens.get(call.scope)
            try:
                while True:
                    async with self._slots.setdefault(call.subscription, asyncio.Semaphore(IN_FLIGHT)):
                        # While it queued for its place another one may have been told to wait.
                        if not bucket.paused():
                            sent = wall()
                            return await use(await self._attempt(call, token, bucket), sent)
                    await self._sit_out(bucket, call, bucket.paused())
            except Refused as error:
                if error.status != 401 or renewed or attempt == ATTEMPTS:
                    raise
                renewed = True
                self._tokens.forget(call.scope, token)
            except BadReply:
                raise
            except AzureError as error:
                wait = _backoff(attempt)
                if isinstance(error, Throttled):
                    wait = wait if error.seconds is None else error.seconds
                    bucket.pause(wait)
                if attempt == ATTEMPTS or self._clock.steady() + wait >= call.deadline:
                    raise
                if not isinstance(error, Throttled):
                    await asyncio.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, call: Call, token: str, bucket: Bucket) -> bytes:
        started = self._clock.steady()
        code = "connection"
        try:
            reply, body = await self._exchange(call, token)
            code = str(reply.status_code)
        except httpx.TimeoutException as failure:
            code = "timeout"
            raise AzureError(f"{call.api}: {type(failure).__name__}", api=call.api) from None
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            reason = str(failure) or type(failure).__name__
            unknown = NO_SUCH_HOST if "[Errno -2]" in reason or "not known" in reason else ""
            raise AzureError(f"{call.api}: no reply: {reason[:200]}", code=unknown, api=call.api) from None
        except BadReply as failure:
            code = str(failure.status)
            raise
        finally:
            self._traffic.record(call, code, self._clock.steady() - started)
        bucket.lower(remaining(reply.headers))
        if reply.is_success:
            return body
        raise self._failure(call, reply, body)

    def _failure(self, call: Call, reply: httpx.Response, body: bytes) -> AzureError:
        status = reply.status_code
        code, message = parse(body)
        text = f"{call.api}: {status} {code}" + (f": {message}" if message else "")
        if status in _THROTTLES:
            self._traffic.throttled[call.api, call.subscription] += 1
            seconds = wait_seconds(reply.headers, self._clock.wall())
            return Throttled(text, seconds=seconds, status=status, code=code, api=call.api)
        failure = AzureError if status in _REPEATED or status >= 500 else Refused
        return failure(text, status=status, code=code, api=call.api)

    async def _exchange(self, call: Call, token: str) -> tuple[httpx.Response, bytes]:
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        content: bytes | None = None
        if call.body is not None:
            content = msgspec.json.encode(call.body)
            headers["content-type"] = "application/json"
        async with self._http.stream(call.method, call.url, headers=headers, content=content) as reply:
            chunks: list[bytes] = []
            size = 0
            async for chunk in reply.aiter_bytes():
                size += len(chunk)
                if size > LONGEST_REPLY_BYTES:
                    raise BadReply(
                        f"{call.api}: a reply of more than {LONGEST_REPLY_BYTES} bytes",
                        status=reply.status_code,
                        api=call.api,
                    )
                chunks.append(chunk)
            return reply, b"".join(chunks)

    async def _wait_for(self, bucket: Bucket, call: Call) -> None:
        """Wait for this call's turn. Raises Throttled instead of waiting past the deadline."""
        await self._sit_out(bucket, call, bucket.take())

    async def _sit_out(self, bucket: Bucket, call: Call, wait: float) -> None:
        while True:
            if self._clock.steady() + wait >= call.deadline:
                bucket.give_back()
                raise Throttled(
                    f"{call.api}: the next call may start in {wait:.0f} s, after the end of this cycle",
                    seconds=wait,
                    api=call.api,
                )
            if wait <= 0:
                return
            await asyncio.sleep(wait)
            # Another call may have been told to wait meanwhile.
            wait = bucket.paused()

    def _bucket(self, call: Call) -> Bucket:
        key = (call.api, "" if call.api in PER_PRINCIPAL else call.subscription)
        if key not in self._buckets:
            self._buckets[key] = Bucket(RATES[call.api].shared(self._shards), self._clock.steady)
        return self._buckets[key]


async def _itself(body: bytes, _: float) -> bytes:
    return body


def _backoff(attempt: int) -> float:
    """Seconds before the next attempt: 0.5, 1, 2 … with full jitter upwards of a half."""
    longest = min(_LONGEST_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def _context(ca_file: str) -> ssl.SSLContext:
    """TLS that trusts the given PEM bundle alone, or what httpx trusts by itself."""
    if not ca_file:
        return httpx.create_ssl_context()
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise AzureError(f"the CA file {ca_file} cannot be read: {error.strerror or error}") from None
