"""Requests and replies as values, and Azure's error envelopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """A request after routing. `base` is the URL that the API's paths hang on, as this client reached it
    (`https://127.0.0.1:8443/arm`); `path` is what follows it, decoded; query names and header names are in
    lower case.
    """

    method: str
    base: str
    path: str
    raw_path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    region: str = ""

    def json(self) -> Any:
        """The body as JSON; an empty body is an empty object. Raises `Refused` 400 for what is not JSON."""
        if not self.body.strip():
            return {}
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            raise Refused(
                wrapped(400, "InvalidRequestContent", "The request content was invalid JSON.")
            ) from None


@dataclass(frozen=True)
class Reply:
    """What is sent. `body` is a value to encode as JSON, or bytes sent as they are; None is an empty body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON

    def content(self) -> bytes:
        """The body's bytes."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else msgspec.json.encode(self.body)

    def also(self, headers: Mapping[str, str]) -> Reply:
        """This reply with more headers."""
        return replace(self, headers={**self.headers, **headers})


class Refused(Exception):
    """A request that Azure refuses; `reply` is its error document."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def wrapped(status: int, code: str, message: str, **more: Any) -> Reply:
    """`{"error": {"code", "message", …}}`: ARM, getBatch and most providers. Headers go in as `headers=`."""
    headers = more.pop("headers", {})
    return Reply(status, {"error": {"code": code, "message": message, **more}}, headers)


def bare(status: int, code: str, message: str) -> Reply:
    """`{"code", "message"}` with no wrapper: Microsoft.Insights metrics of one resource."""
    return Reply(status, {"code": code, "message": message})


def gateway(status: int, code: str, message: str, **more: Any) -> Reply:
    """An error that ARM itself makes, marked by its header."""
    return wrapped(status, code, message, **more).also({"x-ms-failure-cause": "gateway"})


def api_version(request: Request, supported: tuple[str, ...], what: str) -> str:
    """The api-version of a request. Raises `Refused` 400 when it is missing or not one of `supported`."""
    given = request.query.get("api-version", "")
    if not given:
        raise Refused(
            gateway(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.",
            )
        )
    if given.lower() not in supported:
        listed = ", ".join(reversed(supported))
        raise Refused(
            gateway(
                400,
                "InvalidApiVersionParameter",
                f"The api-version '{given}' is invalid for {what}. The supported versions are '{listed}'.",
            )
        )
    return given.lower()
