"""An exporter on which strangers hold a thousand connections, silent and dripping, while it is scraped."""

from __future__ import annotations

import contextlib
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread

import httpx

from tests.drill.drill import Drill, Report, until
from tests.ports import free_address

STRANGERS = 1_000
# So many descriptors has the exporter in the second part: fewer than there are strangers.
FEW_DESCRIPTORS = 128
SECONDS = 15.0
CONFIG = """\
apiVersion: singlepane/v1
name: crowd
inventory:
  estate: shop
  hub: hub
  clusters:
    hub: {region: westeurope, subscription: hub, version: "1.36"}
exporters:
  inventory: {kind: estate}
"""


@contextlib.contextmanager
def _exporter(place: Path, descriptors: int) -> Iterator[tuple[str, Path]]:
    """A process with so many descriptors at most: its address and its log."""
    address, log = free_address(), place / f"log-{descriptors}"
    file = place / "exporter.yaml"
    file.write_text(CONFIG)
    program = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({descriptors}, {descriptors}));"
        "from singlepane.main import main; main()"
    )
    command = [sys.executable, "-c", program, "exporter", "run", "--config", str(file), "--listen", address]
    with log.open("w") as sink, subprocess.Popen(command, stderr=sink, stdout=sink) as process:
        try:
            url = f"http://{address}/readyz"
            until(lambda: _status(url) == 200, 60, "the exporter is ready")
            yield address, log
        finally:
            process.terminate()
            process.wait(20)


def _status(url: str) -> int:
    address, _, path = url.removeprefix("http://").partition("/")
    connection = HTTPConnection(address, timeout=20)
    try:
        connection.request("GET", f"/{path}")
        reply = connection.getresponse()
        reply.read()
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
    return reply.status


@contextlib.contextmanager
def _strangers(address: str) -> Iterator[list[socket.socket]]:
    """Connections, of which every other one sends the head of a request a byte at a time; who is turned away
    comes again. All end with the block.
    """
    host, port = address.split(":")
    stop, open_now = Event(), list[socket.socket]()

    def come() -> None:
        drip = False
        while not stop.is_set():
            if len(open_now) < STRANGERS:
                with contextlib.suppress(OSError):
                    open_now.append(socket.create_connection((host, int(port)), timeout=2))
                stop.wait(0.002)
                continue
            for each in list(open_now):
                drip = not drip
                if stop.wait(0.001):
                    return
                try:
                    each.setblocking(False)
                    if drip:
                        each.send(b"G")
                    elif each.recv(1) == b"":
                        raise ConnectionResetError
                except BlockingIOError:
                    continue
                except OSError:
                    open_now.remove(each)
                    each.close()

    thread = Thread(target=come, daemon=True)
    thread.start()
    try:
        yield open_now
    finally:
        stop.set()
        thread.join()
        for each in open_now:
            each.close()


def _asked(address: str) -> dict[str, list[float]]:
    """Seconds of each answer by path, each over a connection of its own; infinite for none."""
    took: dict[str, list[float]] = {"/healthz": [], "/metrics": []}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for path, times in took.items():
            began = time.monotonic()
            good = _status(f"http://{address}{path}") == 200
            times.append(time.monotonic() - began if good else float("inf"))
        time.sleep(0.2)
    return took


def _part(report: Report, place: Path, descriptors: int) -> None:
    with _exporter(place, descriptors) as (address, log):
        with _strangers(address) as open_now:
            until(lambda: len(open_now) >= STRANGERS, 60, f"{STRANGERS} strangers")
            report.say(f"{len(open_now)} connections, silent and dripping; {descriptors} descriptors")
            took = _asked(address)
        for path, times in took.items():
            lost = sum(each == float("inf") for each in times)
            report.hold(
                lost == 0, f"{path}: {len(times)} answers, none lost, the slowest after {max(times):.2f} s"
            )
        scraped = httpx.get(f"http://{address}/metrics", timeout=10, trust_env=False).text
        shed = [line for line in scraped.splitlines() if line.startswith("exporter_web_connections")]
        report.say("; ".join(shed))
        report.hold(any("shed_total" in line for line in shed), "what was shed is counted")
        size = log.stat().st_size
        report.hold(size < 100_000, f"the log has {size} bytes in {len(log.read_text().splitlines())} lines")


def run(report: Report, place: Path) -> None:
    """With descriptors enough for all, and with fewer than strangers."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    # Both ends of this machine's connections are ours: this process needs as many as there are strangers.
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4_096), most))
    for descriptors in (2_048, FEW_DESCRIPTORS):
        _part(report, place, descriptors)


DRILL = Drill(
    name="exporter-crowd",
    proves="A thousand silent and dripping connections keep no probe and no scrape from an exporter.",
    run=run,
)
