"""More silent and dripping connections than the status server has places or descriptors for."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx

from tests.drill.drill import Drill, Report
from tests.drill.peers import KINDS, holding
from tests.server.estates import alert, notification
from tests.server.process import Process, running

SECONDS = 25.0
OF_EACH = 200
PATIENCE = 60.0


def run(report: Report, place: Path) -> None:
    """Once with the usual descriptors, once with fewer than the peers would take."""
    for descriptors in (0, 512):
        state = place / f"state-{descriptors}"
        with running(state, "--verify-every", "0", descriptors=descriptors) as server:
            _held(report, server, descriptors)


def _held(report: Report, server: Process, descriptors: int) -> None:
    asked = answered = 0
    slowest = 0.0
    beats, kept = 0, set()
    with holding(server.url, OF_EACH) as peers:
        time.sleep(3)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            began = time.monotonic()
            # A connection for each, as a probe makes one.
            for ask in (_probe, _page, _metrics):
                asked += 1
                answered += ask(server.url)
            asked += 2
            beat = _post(server.url, "heartbeat", "Watchdog")
            name = f"A{asked}"
            note = _post(server.url, "alertmanager", name)
            beats += beat
            answered += beat + note
            kept |= {name} if note else set()
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.1)
        metrics = httpx.get(f"{server.url}/metrics", timeout=PATIENCE).text
        opened = peers.opened
    open_now = re.findall(r"^singlepane_connections_open (\S+)", metrics, re.M)
    shed = dict(re.findall(r'^singlepane_connections_shed_total\{reason="(\w+)"\} (\d+)', metrics, re.M))
    shed = {reason: count for reason, count in shed.items() if count != "0"}
    limit = f"{descriptors} descriptors" if descriptors else "the usual descriptors"
    report.hold(
        answered == asked,
        f"{limit}: {len(KINDS) * OF_EACH} silent and dripping connections held, {opened} opened in all;"
        f" {answered} of {asked} requests answered, five in a row in at most {slowest:.1f} s",
    )
    report.say(f"open {float(open_now[0]):.0f}; shed: {', '.join(f'{r} {c}' for r, c in shed.items())}")
    rows = httpx.get(f"{server.url}/api/v1/heartbeats", timeout=PATIENCE).json()["heartbeats"]
    count = next(row["count"] for row in rows if row["cluster"] == "prod-weu")
    names = {
        row["alerts"][0]["labels"]["alertname"]
        for row in httpx.get(f"{server.url}/api/v1/notifications", timeout=PATIENCE).json()["notifications"]
    }
    report.hold(
        count == beats and kept <= names,
        f"{beats} heartbeats and {len(kept)} notifications acknowledged, all kept",
    )
    server.popen.terminate()
    _, log = server.popen.communicate(timeout=30)
    report.hold(len(log) < 4_000, f"{len(log)} bytes of log: {_last(log)}")


def _last(log: str) -> str:
    lines = [line for line in log.splitlines() if "WARNING" in line]
    return lines[-1].split("WARNING ", 1)[1] if lines else "no warning"


def _get(url: str, path: str) -> bool:
    try:
        return httpx.get(f"{url}{path}", timeout=PATIENCE).is_success
    except httpx.TransportError:
        return False


def _probe(url: str) -> bool:
    return _get(url, "/healthz")


def _page(url: str) -> bool:
    return _get(url, "/")


def _metrics(url: str) -> bool:
    return _get(url, "/metrics")


def _post(url: str, path: str, name: str) -> bool:
    try:
        body = notification([alert(name, "prod-weu")])
        return httpx.post(f"{url}/api/v1/{path}", json=body, timeout=PATIENCE).is_success
    except httpx.TransportError:
        return False


DRILL = Drill(
    name="idle-connections",
    proves="Silent and dripping connections, more than there are places or descriptors, keep nobody out.",
    run=run,
)
