"""An exporter and a simulated Azure, each a process on a core of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from simulators.azure.server import endpoints
from tests.ports import free_address, free_port
from tests.processes.azure_clock import Pace
from tests.processes.azure_fleet import SECRET, Size, configuration, fleet

# The simulator gives way to whoever measures on its core.
_NICE = 5
_CORES = sorted(os.sched_getaffinity(0))


def cores() -> tuple[int, int]:
    """The core of what is measured, and that of everything else; the same one where there is no second."""
    return _CORES[0], _CORES[-1]


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator. `origin` is https://127.0.0.1:PORT."""

    process: psutil.Process
    origin: str
    ca: Path
    pace: Pace
    size: Size

    def ask(self, path: str, method: str = "GET") -> Any:
        """What its side door says."""
        return httpx.request(
            method, f"{self.origin}/sim{path}", verify=str(self.ca), trust_env=False, timeout=60
        ).json()


@dataclass(frozen=True, slots=True)
class Exporter:
    """A running exporter. `url` is http://127.0.0.1:PORT."""

    process: psutil.Process
    url: str
    log: Path

    def own(self, *names: str) -> dict[str, float]:
        """Metrics of the exporter about itself by name; several series of one name are added up."""
        text = httpx.get(f"{self.url}/metrics", trust_env=False, timeout=60).text
        return {name: sum(_values(text, name)) for name in names}

    def cycles(self) -> tuple[float, float]:
        """Cycles so far, and how long the last one took."""
        found = self.own("exporter_collector_cycles_total", "exporter_collector_duration_seconds")
        return tuple(found.values())  # type: ignore[return-value]  # two names, two values


def _values(text: str, name: str) -> Iterator[float]:
    """Values of the series of a metric. Searching for the name alone is quick in a text of 17 MB."""
    at = text.find(f"\n{name}")
    while at >= 0:
        end = text.find("\n", at + 1)
        line = text[at + 1 : end]
        if line[len(name)] in " {":
            yield float(line.rpartition(" ")[2])
        at = text.find(f"\n{name}", end)


@contextlib.contextmanager
def simulator(place: Path, size: Size, speed: float) -> Iterator[Simulator]:
    """A simulator of so many machines whose time passes so fast."""
    place.mkdir(exist_ok=True)
    # This process and its probes stay off the core of what is measured.
    os.sched_setaffinity(0, {cores()[1]})
    file = place / "fleet.yaml"
    file.write_text(fleet(size))
    port = free_port()
    found = endpoints("127.0.0.1", port, place / "ca")
    pace = Pace(time.time(), speed)
    words = ["tests.processes.azure_server", str(file), str(place / "ca"), str(port), *pace.words]
    with own_process(words, place / "simulator.log", cores()[1], _NICE) as process:
        origin = f"https://127.0.0.1:{port}"
        until(lambda: found.ca.exists() and answers(f"{origin}/readyz", str(found.ca)), process, place)
        yield Simulator(process, origin, found.ca, pace, size)


@contextlib.contextmanager
def exporter(place: Path, of: Simulator, interval: str, **row: Any) -> Iterator[Exporter]:
    """An exporter that reads the whole fleet, once its first cycle has ended; `row` are keys of its row."""
    file = place / "exporter.yaml"
    file.write_text(configuration(of.origin, of.ca, interval, **row))
    address = free_address()
    run = ["exporter", "run", "--config", str(file), "--listen", address, "--state", str(place / "state")]
    words = ["tests.processes.azure_exporter", *of.pace.words, *run]
    log = place / "exporter.log"
    with own_process(words, log, cores()[0]) as process:
        found = Exporter(process, f"http://{address}", log)
        until(lambda: answers(f"{found.url}/readyz"), process, place, 120)
        yield found


@contextlib.contextmanager
def own_process(words: list[str], log: Path, core: int, nice: int = 0) -> Iterator[psutil.Process]:
    """`python -m` with these words on one core, until the block ends."""

    def settle() -> None:
        os.sched_setaffinity(0, {core})
        os.nice(nice)

    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *words],
            stdout=sink,
            stderr=sink,
            env={**os.environ, "BENCH_AZURE_SECRET": SECRET, "PYTHONPATH": str(Path.cwd())},
            preexec_fn=settle,  # noqa: PLW1509 - no threads run yet
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(url: str, ca: str = "") -> bool:
    """Whether a URL answers 2xx."""
    try:
        return httpx.get(url, verify=ca or True, trust_env=False, timeout=60).is_success
    except httpx.TransportError:
        return False


def until(holds: Callable[[], bool], process: psutil.Process, place: Path, seconds: float = 60) -> None:
    """Wait until something holds, while the process lives. Raises AssertionError with the logs."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end or not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            logs = "\n".join(each.read_text()[-2000:] for each in place.glob("*.log"))
            raise AssertionError(f"{process} is not ready:\n{logs}")
        time.sleep(0.05)
