"""More connections than places: scrapes and probes of Kubernetes are answered, and what was shed is counted.

`make drill` does the same with a thousand, in a process that has not enough descriptors.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.exporters.serving.test_service import ready, series
from tests.exporters.serving.web.webbed import TLS, certificates, serving
from web.bounds import Bounds


@pytest.mark.parametrize("text", ["", TLS])
async def test_silent_connections_make_room(text: str, tmp_path: Path) -> None:
    """Five times as many as there are places, over TCP alone and where a handshake is waited for."""
    certificates(tmp_path)
    async with serving(tmp_path, text, Bounds(connections=8)) as served:
        silent = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(40)]
        async with served.client() as client:
            await ready(client)
            for path in ("/healthz", "/metrics", "/"):
                assert (await client.get(path)).status_code == 200
            await served.runtime().board.refresh()
            found = series((await client.get("/metrics")).text)
        assert float(found["exporter_web_connections_limit"]) == 8
        assert 1 <= float(found["exporter_web_connections"]) <= 8
        assert float(found['exporter_web_connections_shed_total{reason="room"}']) >= 32
        for _, writer in silent:
            writer.close()


async def test_a_head_that_drips_is_ended_and_counted(tmp_path: Path) -> None:
    """However long it goes on: its time is that of the whole head."""
    async with serving(tmp_path, "", Bounds(head=0.5)) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        while not reader.at_eof() and not served.counts.crowd.shed:
            writer.write(b"G")
            await asyncio.sleep(0.02)
        assert served.counts.crowd.shed == {"head": 1}
        writer.close()
