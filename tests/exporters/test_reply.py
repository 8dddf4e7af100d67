"""Replies of strangers: inflated up to a bound, beside the event loop, and nothing lost without a word."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import httpx
import pytest

from estate.model import JsonExporter
from exporters import reply
from exporters.collector import CollectorError
from exporters.collectors.json import JsonDocument
from exporters.reply import LONGEST_BYTES, MOST_VALUES, Raw, content, few, received

TEXT = b'{"open": 3}' * 50


def deflated(text: bytes) -> bytes:
    """`deflate` without a head, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", deflated(TEXT)),
    ],
)
def test_what_a_reply_says(coding: str, body: bytes) -> None:
    """RFC 9110 section 8.4.1, and the `deflate` that is sent without its head."""
    assert content(Raw(body, coding)) == TEXT


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"no gzip", "cannot be decoded as gzip"),
        (gzip.compress(TEXT)[:-9], "ends before or after"),
        (gzip.compress(TEXT) + b"more", "ends before or after"),
        (gzip.compress(TEXT) + gzip.compress(TEXT), "ends before or after"),
        (gzip.compress(bytes(LONGEST_BYTES + 1)), f"longer than {LONGEST_BYTES} bytes"),
    ],
)
def test_what_is_not_taken_for_a_reply(body: bytes, said: str) -> None:
    """What is cut off, goes on behind its end, or inflates beyond the bound is no part of a document."""
    with pytest.raises(CollectorError, match=said):
        content(Raw(body, "gzip"))


def test_the_largest_reply_is_taken() -> None:
    """The bound itself is inside."""
    assert len(content(Raw(gzip.compress(bytes(LONGEST_BYTES)), "gzip"))) == LONGEST_BYTES


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([("content-encoding", "br")], "encoded as br, not as gzip, deflate"),
        ([("content-encoding", "gzip, gzip")], "encoded as gzip, gzip, not"),
        ([("content-encoding", "gzip"), ("content-encoding", "br")], "encoded as gzip, br, not"),
    ],
)
async def test_encodings_that_nobody_asked_for(headers: list[tuple[str, str]], said: str) -> None:
    """They are named; each layer of several would inflate what the one before has inflated."""
    answer = httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"x"))
    with pytest.raises(CollectorError, match=said):
        await received(answer)


async def test_a_reply_is_bounded_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes is counted piece by piece, and no more is read than the bound; `identity` is no encoding."""
    monkeypatch.setattr(reply, "LONGEST_BYTES", 1_000)
    sent = 0

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            nonlocal sent
            while True:
                sent += 100
                yield bytes(100)

    with pytest.raises(CollectorError, match="longer than 1000 bytes"):
        await received(httpx.Response(200, headers={"content-encoding": "identity"}, stream=Endless()))
    assert sent == 1_100


@pytest.mark.parametrize("value", [b"[]", b"{}", b"0", b'"x"'])
def test_a_document_of_very_many_values_is_not_decoded(value: bytes) -> None:
    """A few MiB of brackets are millions of objects; a long text is one value."""
    assert few(b"[" + b"1," * 1_000 + b"1]")
    assert few(b'"' + bytes(MOST_VALUES * 2) + b'"')
    with pytest.raises(CollectorError, match=f"more than {MOST_VALUES} values"):
        few(b"[" + (value + b",") * MOST_VALUES + b"1]")


async def lag(work: asyncio.Task[object]) -> float:
    """The longest time that the event loop did not run while a task did."""
    worst, asleep = 0.0, perf_counter()
    while not work.done():
        await asyncio.sleep(0.001)
        now = perf_counter()
        worst, asleep = max(worst, now - asleep), now
    return worst


def bomb() -> bytes:
    """Eight times the bound, in less than a MiB."""
    packer = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS)
    pieces: Iterator[bytes] = (packer.compress(bytes(LONGEST_BYTES)) for _ in range(8))
    return b"".join(pieces) + packer.flush()


async def test_sixteen_replies_that_inflate_hugely_do_not_hold_up_the_loop() -> None:
    """As many as probes run at once. The measure is the same machine: how long it takes to inflate one of
    them whole, which is what the loop would stand still for each time.
    """
    packed = bomb()
    row: Any = {
        "kind": "json",
        "url": "http://shop.example/",
        "metrics": [{"name": "shop_orders_open", "help": "Orders.", "value": "open"}],
    }

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(packed))

    made = [
        JsonDocument("shop", JsonExporter.model_validate(row), httpx.MockTransport(answer)) for _ in range(16)
    ]
    started = perf_counter()
    assert len(zlib.decompress(packed, 16 + zlib.MAX_WBITS)) == 8 * LONGEST_BYTES
    one = perf_counter() - started
    working: asyncio.Task[object] = asyncio.ensure_future(
        asyncio.gather(*(each.collect() for each in made), return_exceptions=True)
    )
    worst = await lag(working)
    assert {str(each) for each in working.result()} == {  # type: ignore[attr-defined]  # of gather
        f"the reply is longer than {LONGEST_BYTES} bytes"
    }
    assert worst < one
    for each in made:
        await each.close()
