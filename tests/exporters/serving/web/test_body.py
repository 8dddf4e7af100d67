"""Large replies leave the event loop to others between their pieces, and arrive whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.types import Message

from exporters.exposition.body import PIECE_BYTES, Ready
from exporters.exposition.metrics import Family, Labels, Sample
from exporters.exposition.snapshot import part, snapshot
from tests.exporters.serving.web.webbed import TLS, certificates, serving


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 3 * PIECE_BYTES - 1])
async def test_pieces(size: int) -> None:
    """As few as needed, the last of them marked, and after each of them everybody has a turn."""
    body = bytes(number % 251 for number in range(size))
    sent: list[Message] = []
    turns = 0

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing is asked of the client")

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await Ready(body)({"type": "http"}, receive, send)
    task.cancel()
    start, *pieces = sent
    assert (b"content-length", str(size).encode()) in start["headers"]
    assert b"".join(each["body"] for each in pieces) == body
    assert [each["more_body"] for each in pieces] == [True] * (len(pieces) - 1) + [False]
    assert len(pieces) == max(1, -(-size // PIECE_BYTES))
    assert turns >= len(pieces)


async def test_a_large_scrape_over_tls(tmp_path: Path) -> None:
    """Both encodings give the same megabytes, over one connection."""
    certificates(tmp_path)
    samples = tuple(Sample(Labels({"resource": f"resource-{number:06}"}), 1.0) for number in range(50_000))
    large = snapshot((part([Family("large", "gauge", "Large.", samples)]),), 0.0)
    async with serving(tmp_path, TLS) as served, served.client() as client:
        for task in served.runtime()._tasks:
            task.cancel()
        await asyncio.sleep(0.1)
        served.runtime().board.snapshot = large
        for encoding in ("identity", "gzip"):
            reply = await client.get("/metrics", headers={"accept-encoding": encoding})
            assert len(reply.content) > 4 * PIECE_BYTES
            assert reply.content == large.bodies["text"].plain
