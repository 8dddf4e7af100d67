"""The baseline of what the estate costs to start and to run: one Prometheus alone, by hand."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import httpx
import psutil

from deploy.engines import find
from tests.ports import free_address

CONFIG = """\
global: {scrape_interval: 1s}
scrape_configs: [{job_name: own, static_configs: [{targets: ["ADDRESS"]}]}]
"""
NAME = "one Prometheus by hand"


def first_query(place: Path) -> tuple[float, float]:
    """Seconds from start to the first sample in a query, and resident bytes then."""
    address = free_address()
    place.mkdir(parents=True)
    config = place / "prometheus.yaml"
    config.write_text(CONFIG.replace("ADDRESS", address))
    began = time.monotonic()
    arguments = [
        f"--config.file={config}",
        f"--storage.tsdb.path={place / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen([str(find("prometheus")), *arguments], stdout=log, stderr=log)
    try:
        while not _answers(address):
            assert process.poll() is None, (place / "log").read_text()[-2000:]
            assert time.monotonic() - began < 120, "no sample within two minutes"
            time.sleep(0.05)
        return time.monotonic() - began, float(psutil.Process(process.pid).memory_info().rss)
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        reply = httpx.get(f"http://{address}/api/v1/query", params={"query": "up"}, timeout=2)
        return bool(reply.is_success and reply.json()["data"]["result"])
    except httpx.TransportError:
        return False
