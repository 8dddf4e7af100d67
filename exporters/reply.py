"""Replies of strangers: as they are on the wire, then their content, which may be far larger.

A few KiB can inflate to GiB, and a few MiB hold millions of values. The event loop only takes bytes in;
inflating and looking into them is for `exporters.work`, and stops at a bound.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import cast

import httpx

from exporters.collector import CollectorError

# Both on the wire and inflated.
LONGEST_BYTES = 16 * 1024 * 1024
# Decoding JSON holds the interpreter until its end; a million values take about a tenth of a second.
MOST_VALUES = 1_000_000
# What `Accept-Encoding` asks for, and is understood.
ENCODINGS = "gzip, deflate"


@dataclass(frozen=True, slots=True)
class Raw:
    """The body of a reply as it came. `coding` is its content coding in lower case, empty for none."""

    body: bytes
    coding: str


async def received(reply: httpx.Response) -> Raw:
    """Take in the body of a reply that is streamed. Raises CollectorError for one that is too long or encoded
    in a way that nobody asked for.
    """
    codings = [each.lower() for each in reply.headers.get_list("content-encoding", split_commas=True)]
    codings = [each for each in codings if each not in ("", "identity")]
    if any(each not in ("gzip", "x-gzip", "deflate") for each in codings) or len(codings) > 1:
        raise CollectorError(f"the reply is encoded as {', '.join(codings)[:40]}, not as {ENCODINGS}")
    chunks: list[bytes] = []
    size = 0
    # The bytes of the wire: `aiter_bytes` would inflate each piece whole before it gives it.
    async for chunk in cast(httpx.AsyncByteStream, reply.stream):
        size += len(chunk)
        if size > LONGEST_BYTES:
            raise _too_long()
        chunks.append(chunk)
    return Raw(b"".join(chunks), codings[0] if codings else "")


def content(raw: Raw) -> bytes:
    """What a reply says, inflated up to the bound. Raises CollectorError."""
    if not raw.coding:
        return raw.body
    try:
        # Of gzip or zlib, whose head says which.
        return _inflated(raw.body, 32 + zlib.MAX_WBITS)
    except zlib.error:
        pass
    try:
        # Some servers send `deflate` without the head that RFC 9110 section 8.4.1.2 asks for.
        return _inflated(raw.body, -zlib.MAX_WBITS)
    except zlib.error:
        raise CollectorError(f"the reply cannot be decoded as {raw.coding}") from None


def few(document: bytes) -> bytes:
    """A JSON document, unless it can hold more values than may be decoded. Raises CollectorError."""
    if sum(map(document.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise CollectorError(f"the document holds more than {MOST_VALUES} values")
    return document


def _inflated(body: bytes, bits: int) -> bytes:
    inflating = zlib.decompressobj(bits)
    found = inflating.decompress(body, LONGEST_BYTES + 1)
    if len(found) > LONGEST_BYTES:
        raise _too_long()
    if not inflating.eof or inflating.unused_data:
        raise CollectorError("the reply ends before or after what its encoding says")
    return found


def _too_long() -> CollectorError:
    return CollectorError(f"the reply is longer than {LONGEST_BYTES} bytes")
