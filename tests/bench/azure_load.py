"""Running an exporter for a while, and what was seen meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.azure_stand import Exporter, Simulator
from tests.processes.probing import Answers, probing

MB = 1e6


@dataclass(frozen=True, slots=True)
class Seen:
    """`refreshes` are the seconds of each cycle that ended; `cpu` is the exporter's share of its core, and
    `simulator` that of the simulator; `lag` is the exporter's own figure, in milliseconds.
    """

    refreshes: tuple[float, ...]
    cpu: float
    simulator: float
    scrapes: Answers
    healthz: Answers
    lag: float


def watched(
    exporter: Exporter, simulator: Simulator, enough: Callable[[int, float], bool], pause: float
) -> Seen:
    """Scrape with `pause` seconds in between and ask /healthz every 5 ms, until `enough` of the number of
    refreshes and the seconds so far.
    """
    before, _ = exporter.cycles()
    busy = cpu_seconds(exporter.process), cpu_seconds(simulator.process)
    began = time.monotonic()
    refreshes: list[float] = []
    lags = [0.0]
    with (
        probing(f"{exporter.url}/metrics", pause) as scrapes,
        probing(f"{exporter.url}/healthz", 0.005) as health,
    ):
        while not enough(len(refreshes), time.monotonic() - began):
            time.sleep(1.0)
            text = exporter.own(
                "exporter_collector_cycles_total",
                "exporter_collector_duration_seconds",
                "exporter_event_loop_lag_seconds",
            )
            done, took, lag = text.values()
            if done != before:
                before = done
                refreshes.append(took)
            lags.append(1000 * lag)
    passed = time.monotonic() - began
    return Seen(
        tuple(refreshes),
        (cpu_seconds(exporter.process) - busy[0]) / passed,
        (cpu_seconds(simulator.process) - busy[1]) / passed,
        scrapes,
        health,
        max(lags),
    )


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def resident(process: psutil.Process) -> tuple[float, float]:
    """Resident memory in MB: now, and the most it ever was."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return process.memory_info().rss / MB, int(peak) * 1024 / MB
