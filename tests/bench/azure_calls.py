"""Data calls of a cycle on five fleets, counted at the simulator, beside the fewest that are possible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from singlepane import output
from tests.azure_day.counted import count, sized
from tests.bench.figures import Benchmark, Figure, Series


def run(place: Path) -> Iterator[Figure]:
    """Three cycles each, an hour apart, so that each group has something new in each."""
    for number, each in enumerate(sized()):
        counted = count(place / f"{number}", each)
        others = ", ".join(f"{calls} {api}" for api, calls in sorted(counted.others.items()))
        output.console.print(
            f"{each.name}: {counted.resources} resources, {counted.series} series; once besides: {others}"
        )
        fewest = Series("the fewest", (float(counted.fewest),))
        yield Figure(Series(each.name, tuple(map(float, counted.calls))), "calls", fewest, counted.fewest)


BENCHMARK = Benchmark("azure-calls", "Data calls per cycle on five fleets, up to 5,000 x 20.", run)
