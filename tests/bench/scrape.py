"""Scraping 10,000 series while a refresh runs: our exporter, beside prometheus-client's own handler."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from tests.bench.azure_stand import cores, own_process
from tests.bench.figures import Benchmark, Figure, Series
from tests.ports import free_address, free_port

SERIES = 10_000
ROUNDS = 3
SCRAPES = 300
# One takes half a second there.
BASELINE_SCRAPES = 40
PAUSE_SECONDS = 0.02
BUDGET_MS = 50.0
# What an exporter on prometheus-client does: every scrape renders, while a thread sets all values anew.
_CLIENT = f"""
import sys, threading, time
from prometheus_client import Gauge, start_http_server
gauge = Gauge("bench_value", "A value.", ["item", "region"])
children = [gauge.labels(f"item-{{n}}", "westeurope") for n in range({SERIES})]
start_http_server(int(sys.argv[1]), "127.0.0.1")
while True:
    for number, child in enumerate(children):
        child.set(number + time.time())
    time.sleep(0.2)
"""


def run(place: Path) -> Iterator[Figure]:
    """Rounds in turn; each figure is the 99th percentile of a round."""
    place.mkdir(exist_ok=True)
    ours, theirs, middle = [], [], []
    with _document(place) as url, _exporter(place, url) as exporter, _client() as client:
        for _ in range(ROUNDS):
            times = _scraped(exporter, SCRAPES)
            ours.append(_p99(times))
            middle.append(statistics.median(times))
            theirs.append(_p99(_scraped(client, BASELINE_SCRAPES)))
    base = Series("prometheus-client handler p99", tuple(theirs))
    yield Figure(Series("/metrics p99, 10,000 series, refreshing", tuple(ours)), "ms", base, BUDGET_MS)
    yield Figure(Series("/metrics median, 10,000 series, refreshing", tuple(middle)), "ms", base)


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def _scraped(url: str, count: int) -> list[float]:
    """Milliseconds of each scrape, asked as Prometheus asks."""
    headers = {"Accept": "text/plain;version=0.0.4", "Accept-Encoding": "gzip"}
    out = []
    with httpx.Client(headers=headers, timeout=30) as client:
        assert client.get(url).text.count("\nbench_value{") >= SERIES - 1
        for _ in range(count):
            began = time.perf_counter()
            with client.stream("GET", url) as reply:
                # Unpacking is the scraper's time, not the exporter's.
                for _ in reply.iter_raw():
                    pass
            out.append(1000 * (time.perf_counter() - began))
            time.sleep(PAUSE_SECONDS)
    return out


@contextmanager
def _document(place: Path) -> Iterator[str]:
    """A JSON API with 10,000 items whose values change with every request, on the other core."""
    port = free_port()
    words = ["tests.processes.items", str(port), str(SERIES)]
    url = f"http://127.0.0.1:{port}/items"
    with own_process(words, place / "items.log", cores()[1], 5), _answering(url):
        yield url


@contextmanager
def _exporter(place: Path, url: str) -> Iterator[str]:
    """`singlepane exporter run` on that API, fetching every second: a refresh nearly always runs."""
    metric = {
        "name": "bench_value",
        "help": "A value.",
        "items": "items",
        "value": "value",
        "labels": {"item": "name", "region": "region"},
    }
    row = {"kind": "json", "url": url, "interval": "1s", "metrics": [metric]}
    config = place / "exporter.yaml"
    config.write_text(
        yaml.safe_dump({"apiVersion": "singlepane/v1", "name": "bench", "exporters": {"bench": row}})
    )
    address = free_address()
    command = ["from singlepane.main import main; main()", "exporter", "run", "--config", str(config)]
    with (
        _process(place / "exporter.log", *command, "--listen", address),
        _answering(f"http://{address}/readyz"),
    ):
        yield f"http://{address}/metrics"


@contextmanager
def _client() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-P", "-c", _CLIENT, str(port)])
    try:
        with _answering(f"http://127.0.0.1:{port}/metrics"):
            yield f"http://127.0.0.1:{port}/metrics"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _process(log: Path, *arguments: str) -> Iterator[None]:
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-P", "-c", *arguments], stdout=file, stderr=file)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """Wait until it answers 2xx."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx.get(url, timeout=10).is_success:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    else:
        raise AssertionError(f"{url} does not answer")
    yield


BENCHMARK = Benchmark("scrape", "Latency of /metrics while values are fetched and rendered.", run)
