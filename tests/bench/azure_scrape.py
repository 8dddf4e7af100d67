"""Scrapes of the Azure exporter while it refreshes without a break, and at its usual interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.azure_load import Seen, watched
from tests.bench.azure_stand import exporter, simulator
from tests.bench.figures import Benchmark, Figure, Series
from tests.processes.azure_fleet import Size

LOOP_MS = 50.0
# A scrape every so many seconds: far more than Prometheus asks, for a quantile that means something.
PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Case:
    """`speed` is how fast time passes: without a break, new points are there before a refresh has ended."""

    name: str
    size: Size
    budget: float
    interval: str
    speed: float
    seconds: float


CASES = (
    Case("10,000 series, refresh after refresh", Size(500), 50.0, "1s", 60.0, 15.0),
    Case("10,000 series, a refresh a minute", Size(500), 50.0, "1m", 1.0, 63.0),
    Case("100,000 series, refresh after refresh", Size(5_000), 250.0, "1s", 12.0, 30.0),
    Case("100,000 series, a refresh a minute", Size(5_000), 250.0, "1m", 1.0, 63.0),
)


def run(place: Path) -> Iterator[Figure]:
    """Each case with an exporter of its own; /healthz asks how long the event loop lets a caller wait."""
    for case in CASES:
        seen = _seen(place / case.interval / str(case.size.resources), case)
        yield Figure(
            Series(f"/metrics p99, {case.name}", (seen.scrapes.quantile(0.99),)), "ms", None, case.budget
        )
        yield Figure(
            Series("  longest scrape", (seen.scrapes.worst,)),
            "ms",
            Series("median", (seen.scrapes.quantile(0.5),)),
        )
        yield Figure(Series("  longest lag of the event loop", (seen.lag,)), "ms", None, LOOP_MS)
        yield Figure(
            Series("  /healthz asked every 5 ms, longest", (seen.healthz.worst,)),
            "ms",
            Series("p99", (seen.healthz.quantile(0.99),)),
            LOOP_MS,
        )
        yield Figure(
            Series("  share of its core", (seen.cpu,)), "", Series("the simulator's", (seen.simulator,))
        )
        yield Figure(Series("  refreshes meanwhile", (float(len(seen.refreshes)),)), "")


def _seen(place: Path, case: Case) -> Seen:
    place.mkdir(parents=True)
    with simulator(place, case.size, case.speed) as azure, exporter(place, azure, case.interval) as ours:
        return watched(ours, azure, lambda _, passed: passed >= case.seconds, PAUSE_SECONDS)


BENCHMARK = Benchmark("azure-scrape", "Latency of /metrics while Azure metrics are refreshed.", run)
