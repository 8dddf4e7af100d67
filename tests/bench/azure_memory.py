"""Resident memory of the exporter while it refreshes, at 20,000 and 100,000 series."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench.azure_load import resident
from tests.bench.azure_stand import exporter, simulator
from tests.bench.figures import Benchmark, Figure, Series
from tests.bench.waiting import each_cycle
from tests.processes.azure_fleet import Size

REFRESHES = 5
# Resources, budget in MB, and how fast time passes: each refresh has new points to read.
CASES = ((1_000, 150.0, 60.0), (5_000, 350.0, 12.0))


def run(place: Path) -> Iterator[Figure]:
    """After each refresh; the peak is over the whole life of the process."""
    for resources, budget, speed in CASES:
        size = Size(resources)
        here = place / str(resources)
        with simulator(here, size, speed) as azure, exporter(here, azure, "1s") as ours:
            now = [resident(ours.process)[0] for _ in each_cycle(ours, REFRESHES)]
            peak = resident(ours.process)[1]
        series = f"{size.series:,} series"
        most = Series("peak", (peak,))
        yield Figure(Series(f"resident memory at {series}", tuple(now)), "MB", most, budget)


BENCHMARK = Benchmark("azure-memory", "Resident memory of the exporter of Azure metrics.", run)
