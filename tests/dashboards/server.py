"""A real Prometheus over series that were written before, to run queries on."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from catalogue.shipped import shipped
from deploy.engines import find
from tests.dashboards.series import BEGIN, END
from tests.ports import free_address


def backfill(folder: Path, openmetrics: str) -> Path:
    """Blocks of these series, in `folder/data`."""
    source, data = folder / "series.om", folder / "data"
    source.write_text(openmetrics, encoding="utf-8")
    command = [str(find("promtool")), "tsdb", "create-blocks-from", "openmetrics", str(source), str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return data


@contextmanager
def prometheus(folder: Path, data: Path) -> Iterator[httpx.Client]:
    """A Prometheus that scrapes nothing; a client of it."""
    config = folder / "prometheus.yaml"
    config.write_text("global: {scrape_interval: 15s}\n", encoding="utf-8")
    address = free_address()
    log = (folder / "prometheus.log").open("w+")
    process = subprocess.Popen(
        [
            str(find("prometheus")),
            f"--config.file={config}",
            f"--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address={address}",
        ],
        stdout=log,
        stderr=log,
    )
    try:
        with httpx.Client(base_url=f"http://{address}", timeout=30, trust_env=False) as client:
            _wait(client, process, Path(log.name))
            yield client
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if client.get("/-/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)


def now(client: httpx.Client, expr: str) -> list[Any]:
    """An instant query at the end of the series. Raises AssertionError with Prometheus' own words."""
    return _result(client.post("/api/v1/query", data={"query": expr, "time": str(END)}))


def over_time(client: httpx.Client, expr: str) -> list[Any]:
    """A range query over all of the series, as a graph asks it."""
    times = {"start": str(BEGIN), "end": str(END), "step": "60"}
    return _result(client.post("/api/v1/query_range", data={"query": expr, **times}))


def _result(answer: httpx.Response) -> list[Any]:
    document = answer.json()
    assert document["status"] == "success", document.get("error")
    # Prometheus says in `infos` when a counter's name or a rate looks wrong.
    assert document.get("warnings", []) == []
    assert [info for info in document.get("infos", []) if not _is_counter(info)] == []
    result: list[Any] = document["data"]["result"]
    return result


def _is_counter(info: str) -> bool:
    """Whether the name that looks wrong is a counter all the same, as those of some exporters are."""
    name = re.search(r'might not be a counter, .*"(\w+)"', info)
    metric = shipped().series(name[1]) if name else None
    return metric is not None and metric.type == "counter"
