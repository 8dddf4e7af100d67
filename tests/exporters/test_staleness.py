"""Samples with times of their own in a real Prometheus: when is a deleted resource gone?"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import yaml

from estate.model import Estate
from exporters.components import Peers, components
from exporters.exposition.metrics import Family, Labels, Sample, render
from tests.estate.fuzz import SMALL
from tests.exporters.scraping import prometheus
from thanos.scraping import scrape_configs

# As old as a point that Azure has settled.
AGE_SECONDS = 180.0


def jobs(timestamps: str) -> list[dict[str, Any]]:
    """The scrape configuration of an estate whose exporter stamps its samples so."""
    document = yaml.safe_load(SMALL.read_text())
    document["exporters"]["platform"] = {
        "kind": "azure",
        "timestamps": timestamps,
        "metrics": [{"type": "Microsoft.KeyVault/vaults", "names": ["Availability"]}],
    }
    return scrape_configs(components(Estate.model_validate(document), Peers()))


@contextmanager
def page(resources: set[str]) -> Iterator[str]:
    """A metrics page with a sample of each resource, three minutes old, and where it is."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            point = time.time() // 1 - AGE_SECONDS
            samples = tuple(Sample(Labels({"resource_name": each}), 1.0, point) for each in sorted(resources))
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(render([Family("azure_x", "gauge", "X.", samples)]).text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def seen(client: httpx.AsyncClient, job: str) -> set[str]:
    """The resources that an instant query shows."""
    try:
        reply = await client.get("/api/v1/query", params={"query": f'azure_x{{job="{job}"}}'})
        found = reply.json()["data"]["result"] if reply.is_success else []
    except httpx.HTTPError:
        return set()
    return {each["metric"]["resource_name"] for each in found}


async def until(client: httpx.AsyncClient, job: str, wanted: set[str]) -> None:
    """Wait until the job shows these resources."""
    for _ in range(300):
        if await seen(client, job) == wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError((job, wanted, await seen(client, job)))


def test_only_where_samples_have_times() -> None:
    """The job says that staleness is tracked where an exporter has `timestamps: point`, and nowhere else."""
    assert [each.get("track_timestamps_staleness") for each in jobs("point")] == [True]
    assert ["track_timestamps_staleness" in each for each in jobs("scrape")] == [False]


async def test_a_deleted_resource_ends_at_once(tmp_path: Path) -> None:
    """Scraped as an estate does, its series is gone with the next scrape; without, it is still seen then."""
    (job,) = jobs("point")
    settings = {key: each for key, each in job.items() if key not in ("job_name", "static_configs")}
    resources = {"one", "two"}
    with page(resources) as address:
        scraped = {"estate": {"to": address, **settings}, "plain": {"to": address}}
        async with (
            prometheus(tmp_path, scraped) as url,
            httpx.AsyncClient(base_url=url, trust_env=False) as client,
        ):
            for name in ("estate", "plain"):
                await until(client, name, {"one", "two"})
            resources.remove("two")
            await until(client, "estate", {"one"})
            assert await seen(client, "plain") == {"one", "two"}
