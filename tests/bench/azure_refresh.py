"""Refreshing 1,000 resources x 20 metrics on one core: seconds, processor seconds, calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench.azure_load import cpu_seconds
from tests.bench.azure_stand import exporter, simulator
from tests.bench.figures import Benchmark, Figure, Series
from tests.bench.waiting import each_cycle
from tests.processes.azure_fleet import Size

SIZE = Size(1_000)
REFRESHES = 6
SECONDS = 5.0
# Longer than a refresh, so that each is counted by itself. A minute of data passes every two seconds, so each
# has new points to read.
INTERVAL, SPEED = "3s", 30.0


def run(place: Path) -> Iterator[Figure]:
    """The first refresh finds resources and definitions too; it is not counted."""
    took, busy, simulated = [], [], []
    with simulator(place, SIZE, SPEED) as azure, exporter(place, azure, INTERVAL) as ours:
        azure.ask("/calls", "DELETE")
        before = cpu_seconds(ours.process), cpu_seconds(azure.process)
        for seconds in each_cycle(ours, REFRESHES):
            took.append(seconds)
            after = cpu_seconds(ours.process), cpu_seconds(azure.process)
            busy.append(after[0] - before[0])
            simulated.append(after[1] - before[1])
            before = after
        batches = sum(row["count"] for row in azure.ask("/calls")["calls"] if row["api"] == "metrics-batch")
    least = Series("fewest calls possible", (float(SIZE.calls),))
    yield Figure(Series("refresh of 20,000 series on one core", tuple(took)), "s", None, SECONDS)
    yield Figure(Series("processor seconds of the exporter", tuple(busy)), "s")
    yield Figure(
        Series("processor seconds of the simulator, other core", tuple(simulated)),
        "s",
        Series("the exporter's", tuple(busy)),
    )
    yield Figure(Series("calls per refresh", (batches / len(took),)), "calls", least, float(SIZE.calls))


BENCHMARK = Benchmark(
    "azure-refresh", "Refreshing 1,000 simulated Azure resources x 20 metrics on one core.", run
)
