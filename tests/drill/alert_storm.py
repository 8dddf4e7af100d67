"""Five thousand alerts at once through a real Alertmanager, and large notifications without one."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import yaml

from alerts.receivers import MAX_ALERTS
from deploy.engines import find
from tests.drill.drill import Drill, Report, until
from tests.ports import free_address
from tests.server.estates import alert, notification
from tests.server.process import Process, running

STORM = 5_000
POSTS = 60
JSON = {"Content-Type": "application/json"}


def run(report: Report, place: Path) -> None:
    """The storm by way of Alertmanager, a body that is too large, a flood of large ones."""
    with running(place / "state", "--verify-every", "0") as server:
        _through_alertmanager(report, server, place)
        _too_large(report, server)
        _flood(report, server)


def _through_alertmanager(report: Report, server: Process, place: Path) -> None:
    with _alertmanager(place, f"{server.url}/api/v1/alertmanager") as address:
        rows = [
            {
                "labels": {
                    "alertname": "TargetDown",
                    "cluster": "prod-weu",
                    "severity": "warning",
                    "instance": f"10.{number // 250}.{number % 250}.7:9102",
                },
                "annotations": {"summary": "A component cannot be scraped.", "description": "x" * 600},
            }
            for number in range(STORM)
        ]
        whole = len(json.dumps(rows))
        httpx.post(f"http://{address}/api/v2/alerts", json=rows, timeout=60).raise_for_status()

        def arrived() -> bool:
            document = httpx.get(f"{server.url}/api/v1/notifications?limit=1", timeout=30).json()
            return bool(document["notifications"])

        took = until(arrived, 60, "the notification of the storm")
        page = httpx.get(f"{server.url}/", timeout=60).text
        left = STORM - MAX_ALERTS
        report.hold(
            f"{left:,} more alerts" in page and f"{MAX_ALERTS} firing" in page,
            f"{STORM:,} alerts ({whole / 2**20:.1f} MiB) in one group: {MAX_ALERTS} taken after {took:.1f} s,"
            f" the page says that {left:,} more are left out; it has {len(page) / 1024:.0f} KiB",
        )


def _too_large(report: Report, server: Process) -> None:
    rows = [alert("Large", "prod-weu", fingerprint=f"{n:016x}", summary="x" * 1_000) for n in range(5_000)]
    body = json.dumps(notification(rows)).encode()
    answer = httpx.post(f"{server.url}/api/v1/alertmanager", content=body, headers=JSON, timeout=60)
    page = httpx.get(f"{server.url}/", timeout=60).text
    report.hold(
        answer.status_code == 413 and "refused for its size" in page,
        f"{len(body) / 2**20:.1f} MiB at once: the sender sees {answer.status_code}, the page says so",
    )


def _flood(report: Report, server: Process) -> None:
    process = psutil.Process(server.popen.pid)
    before = process.memory_info().rss
    few = _small_posts(server, "few", 100)
    posted = 0
    for number in range(POSTS):
        rows = [
            alert("Flood", "prod-neu", fingerprint=f"{number * 100 + n:016x}", summary="x" * 38_000)
            for n in range(100)
        ]
        body = json.dumps(notification(rows)).encode()
        answer = httpx.post(f"{server.url}/api/v1/alertmanager", content=body, headers=JSON, timeout=60)
        posted += len(body)
        answer.raise_for_status()
    after = process.memory_info().rss
    disk = sum(path.stat().st_size for path in (server.state / "data" / "server").iterdir())
    page = len(httpx.get(f"{server.url}/?show=all", timeout=60).content)
    many = _small_posts(server, "many", 100)
    memory = f"memory {before / 2**20:.0f} -> {after / 2**20:.0f} MiB"
    report.hold(
        after - before < 64 * 2**20 and disk < 64 * 2**20 and page < 2 * 2**20,
        f"{POSTS} notifications of {posted / POSTS / 2**20:.1f} MiB: {memory},"
        f" {disk / 2**20:.1f} MiB on disk,"
        f" the page with every row {page / 1024:.0f} KiB",
    )
    report.say(f"small notifications: {few:.0f} a second before, {many:.0f} with 5,000 alerts known")
    names = {
        row["alerts"][0]["labels"]["alertname"]
        for row in httpx.get(f"{server.url}/api/v1/notifications", timeout=60).json()["notifications"]
    }
    report.hold({f"many{n}" for n in range(100)} <= names, "all small ones of the end are kept")


def _small_posts(server: Process, name: str, count: int) -> float:
    """Notifications of one alert each, a second."""
    with httpx.Client(timeout=30) as client:
        began = time.monotonic()
        for number in range(count):
            row = alert(f"{name}{number}", "prod-weu", fingerprint=f"{10**6 + number:016x}")
            client.post(f"{server.url}/api/v1/alertmanager", json=notification([row])).raise_for_status()
        return count / (time.monotonic() - began)


@contextmanager
def _alertmanager(folder: Path, hook: str) -> Iterator[str]:
    config = folder / "alertmanager.yaml"
    webhook = {"url": hook, "max_alerts": MAX_ALERTS, "send_resolved": True}
    route = {"receiver": "server", "group_by": ["cluster", "alertname"], "group_wait": "15s"}
    config.write_text(
        yaml.safe_dump({"route": route, "receivers": [{"name": "server", "webhook_configs": [webhook]}]})
    )
    address = free_address()
    arguments = [
        str(find("alertmanager")),
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    popen = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _ready(address), 30, "Alertmanager")
        yield address
    finally:
        popen.terminate()
        popen.wait(30)


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/-/ready").is_success
    except httpx.TransportError:
        return False


DRILL = Drill(
    name="alert-storm",
    proves="Five thousand alerts at once and a flood of large notifications are taken, bounded, and said.",
    run=run,
)
