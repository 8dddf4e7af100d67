"""Resident memory of the whole local estate, per component, two minutes after it was verified."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil

from deploy.targets.local import marks
from tests.bench import bare
from tests.bench.figures import Benchmark, Figure, Series
from tests.verify.running import RunningEstate, running, singlepane

SETTLE_SECONDS = 120.0
SAMPLES = 5
MIB = float(2**20)


def run(place: Path) -> Iterator[Figure]:
    """Sample every process of the estate some times; the order is that of the table of `up`."""
    singlepane("engines", "build").good()
    with running(place / "state") as estate:
        estate.verify(240)[0].good()
        time.sleep(SETTLE_SECONDS)
        samples: defaultdict[str, list[float]] = defaultdict(list)
        for _ in range(SAMPLES):
            for name, size in resident(estate).items():
                samples[name].append(size / MIB)
            time.sleep(2)
    alone = Series(bare.NAME, (bare.first_query(place / "bare")[1] / MIB,))
    whole = tuple(map(sum, zip(*samples.values(), strict=True)))
    for name, values in samples.items():
        yield Figure(Series(name, tuple(values)), "MiB", alone)
    yield Figure(Series("whole estate", whole), "MiB", alone)


def resident(estate: RunningEstate) -> dict[str, float]:
    """Bytes by component; what belongs to none is supervisor and guard."""
    sizes: dict[str, float] = {row["name"]: 0.0 for row in estate.recorded()["components"]}
    sizes["supervisor and guard"] = 0.0
    for process in estate.processes():
        try:
            mark = marks.of(process)
            size = float(process.memory_info().rss)
        except psutil.Error:
            continue
        name = mark.component if mark and mark.component in sizes else "supervisor and guard"
        sizes[name] += size
    return sizes


BENCHMARK = Benchmark("memory", "Resident memory of the example estate.", run)
