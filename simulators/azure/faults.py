"""Faults a user can order: in the fleet file, or while the simulator runs (`POST /sim/faults`)."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulators.azure.replies import Reply, Request

Api = Literal[
    "token",
    "subscriptions",
    "resources",
    "graph",
    "definitions",
    "metrics",
    "metrics-subscription",
    "metrics-batch",
]
Kind = Literal[
    "status",
    "slow",
    "truncated",
    "reset",
    "gzip",
    "html",
    "empty",
    "mixed-case",
    "mixed-values",
    "nextlink-loop",
    "nextlink-foreign",
    "nextlink-null",
    "expired-token",
    "bad-id",
    "resource-error",
    "resource-missing",
    "delay",
]

PROXY_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center></body></html>\n"
)


class Fault(BaseModel):
    """One fault and when it strikes. Of several that fit a call, all strike, in the order they were given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    kind: Kind
    apis: list[Api] = []
    """APIs it concerns; all when empty."""
    subscription: str = ""
    """Only calls whose path or body names this subscription id."""
    region: str = ""
    """Only calls to this region's metrics host."""
    contains: str = ""
    """Only calls whose path, query or body holds this text (case does not matter)."""
    probability: Annotated[float, Field(gt=0, le=1)] = 1
    """Share of the fitting calls it strikes; which ones depends on the fleet's seed alone."""
    skip: Annotated[int, Field(ge=0)] = 0
    """Fitting calls to leave alone first."""
    times: Annotated[int, Field(ge=1)] | None = None
    """Calls to strike before it is over."""
    seconds: Annotated[float, Field(gt=0)] | None = None
    """Simulated seconds after it was ordered until it is over."""
    status: Annotated[int, Field(ge=400, le=599)] = 429
    """`status`: the HTTP status. 429 and 529 carry Azure's throttling document, 5xx its internal error."""
    retry_after: str = ""
    """`status`: the Retry-After header, word for word (`2.128`, an HTTP date); none when empty."""
    delay: Annotated[float, Field(gt=0, le=600)] = 5
    """`slow`: real seconds before the reply."""
    resource: str = ""
    """`bad-id`, `resource-error`, `resource-missing`: text in the id of the resource; `contains` need not
    be given.
    """
    minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    """`delay`: by how much metrics arrive later than they do otherwise."""


@dataclass
class Ordered:
    """A fault in force, and what it did."""

    fault: Fault
    since: float
    seen: int = 0
    struck: int = 0

    def document(self) -> dict[str, Any]:
        """For `GET /sim/faults`."""
        return {**self.fault.model_dump(exclude_defaults=True), "seen": self.seen, "struck": self.struck}


class Faults:
    """The faults in force."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 (which calls fail must be reproducible)
        self.ordered: dict[str, Ordered] = {}

    def order(self, faults: Iterable[Fault], now: float) -> None:
        """Put faults in force; one of the same name is replaced."""
        for fault in faults:
            self.ordered[fault.name] = Ordered(fault, now)

    def lift(self, name: str = "") -> int:
        """End one fault, or all; how many there were."""
        gone = [name] if name in self.ordered else [] if name else list(self.ordered)
        for one in gone:
            del self.ordered[one]
        return len(gone)

    def striking(self, api: str, request: Request, now: float) -> tuple[Fault, ...]:
        """The faults that strike this call."""
        if not self.ordered:
            return ()
        return tuple(
            one.fault for one in list(self.ordered.values()) if self._strikes(one, api, request, now)
        )

    def _strikes(self, one: Ordered, api: str, request: Request, now: float) -> bool:
        fault = one.fault
        over = fault.seconds is not None and not 0 <= now - one.since < fault.seconds
        if over or (fault.times is not None and one.struck >= fault.times) or not fits(fault, api, request):
            return False
        one.seen += 1
        if one.seen <= fault.skip or (fault.probability < 1 and self._random.random() >= fault.probability):
            return False
        one.struck += 1
        return True

    def delay(self, now: float) -> int:
        """Minutes by which ordered delays hold metrics back at `now`."""
        delays = [
            one.fault.minutes
            for one in self.ordered.values()
            if one.fault.kind == "delay"
            and (one.fault.seconds is None or 0 <= now - one.since < one.fault.seconds)
        ]
        return max(delays, default=0)


def fits(fault: Fault, api: str, request: Request) -> bool:
    """Whether a fault concerns this call at all."""
    if fault.apis and api not in fault.apis:
        return False
    if fault.region and fault.region != request.region:
        return False
    wanted = [text.lower() for text in (fault.subscription, fault.contains, fault.resource) if text]
    if not wanted:
        return True
    query = "&".join(f"{name}={text}" for name, text in request.query.items())
    everything = f"{request.path}?{query}\n{request.body.decode(errors='replace')}".lower()
    return all(text in everything for text in wanted)


def refusal(fault: Fault, request: Request) -> Reply | None:
    """The reply of a fault that keeps a call from being worked on; None for one that spoils a good reply."""
    match fault.kind:
        case "status":
            headers = {"retry-after": fault.retry_after} if fault.retry_after else {}
            return Reply(fault.status, _document(fault.status), headers)
        case "html":
            return Reply(502, PROXY_PAGE, content_type="text/html")
        case "bad-id":
            return Reply(
                400,
                {
                    "error": {
                        "code": "BadRequest",
                        "message": "One of the requested resources cannot be queried.",
                    }
                },
            )
    return None


def _document(status: int) -> dict[str, Any]:
    if status in (429, 529):
        return {
            "error": {"code": "TooManyRequests", "message": "Requests are throttled. Please try again later."}
        }
    if status < 500:
        return {"error": {"code": "BadRequest", "message": "The request is refused by an ordered fault."}}
    trace = [
        {"type": "string", "info": "TraceId=00000000000000000000000000000000"},
        {"type": "string", "info": "ExceptionType=System.ArgumentOutOfRangeException"},
    ]
    error = {"additionalInfo": trace, "code": "InternalServerError", "message": "Detected Internal Error."}
    return {"error": error}


def spoil(fault: Fault, reply: Reply, request: Request, here: str) -> Reply:
    """A good reply as this fault leaves it; `here` is the full URL of the call."""
    match fault.kind:
        case "gzip":
            packed = gzip.compress(reply.content(), mtime=0)
            return Reply(
                reply.status, packed, {**reply.headers, "content-encoding": "gzip"}, reply.content_type
            )
        case "empty":
            return Reply(reply.status, None, reply.headers, reply.content_type)
        case "mixed-case":
            return Reply(reply.status, mixed_case(reply.body), reply.headers, reply.content_type)
        case "mixed-values":
            return Reply(reply.status, lower_values(reply.body), reply.headers, reply.content_type)
        case "resource-error" | "resource-missing":
            return Reply(reply.status, _without(fault, reply.body), reply.headers, reply.content_type)
        case "nextlink-loop" | "nextlink-foreign" | "nextlink-null":
            if not isinstance(reply.body, dict) or "value" not in reply.body:
                return reply
            link = {
                "nextlink-loop": here,
                "nextlink-foreign": "https://example.com/next",
                "nextlink-null": None,
            }
            return Reply(
                reply.status, {**reply.body, "nextLink": link[fault.kind]}, reply.headers, reply.content_type
            )
    return reply


def _without(fault: Fault, body: Any) -> Any:
    """A metrics document in which the named resources fail inside the 200, or have no item."""
    if not isinstance(body, dict):
        return body
    named = fault.resource.lower()
    if "values" in body:
        items = body["values"]
        if fault.kind == "resource-missing":
            return {**body, "values": [one for one in items if named not in one["resourceid"].lower()]}
        return {
            **body,
            "values": [
                {**one, "value": _failed(one["value"])} if named in one["resourceid"].lower() else one
                for one in items
            ],
        }
    if fault.kind == "resource-error" and "timespan" in body:
        return {**body, "value": _failed(body["value"])}
    return body


def _failed(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **one,
            "timeseries": [],
            "errorCode": "InternalServerError",
            "errorMessage": "Metric data cannot be read.",
        }
        for one in metrics
    ]


_ID_KEYS = frozenset({"id", "resourceid", "resourceId"})


def mixed_case(value: Any) -> Any:
    """The document with the letters of every resource id in alternating case, as APIs disagree on it."""
    if isinstance(value, dict):
        return {
            key: _alternate(one) if key in _ID_KEYS and isinstance(one, str) else mixed_case(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [mixed_case(one) for one in value]
    return value


def lower_values(value: Any) -> Any:
    """The document with the values of dimensions in lower case: Azure spells them in one way now and in
    another later.
    """
    if isinstance(value, list):
        return [lower_values(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: [{**pair, "value": str(pair["value"]).lower()} for pair in one]
        if key == "metadatavalues"
        else lower_values(one)
        for key, one in value.items()
    }


def _alternate(text: str) -> str:
    return "".join(letter.upper() if index % 2 else letter.lower() for index, letter in enumerate(text))
