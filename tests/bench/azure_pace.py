"""The Azure exporter against Azure's limits: was it ever throttled in a day, and are waits kept?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from singlepane import output
from tests.azure_day.fleets import ROWS, SINGLE_ROWS, eight_types, near_the_limit
from tests.azure_day.honoured import honour
from tests.azure_day.paced import pace
from tests.bench.figures import Benchmark, Figure, Series

# Resources that are asked one by one, simulated minutes, and minutes until the process begins anew and has
# forgotten what it called.
Paced = tuple[int, int, int]
DAY: Paced = (30, 24 * 60, 60)
# As many as the exporter's own pace of 10 calls a second reads within a minute.
LIMIT: Paced = (560, 20, 5)
DAY_AT_LIMIT: Paced = (560, 24 * 60, 60)
WAITS = 60


def paced(place: Path, of: Paced) -> Iterator[Figure]:
    """What became of it, and how much of Azure's limits was used."""
    resources, minutes, restart_every = of
    seen = pace(
        place / f"{resources}", near_the_limit(resources), SINGLE_ROWS, minutes, restart_every=restart_every
    )
    where = f"{resources} resources, {minutes} min"
    output.console.print(f"{where}: {seen.planned} calls in a cycle")
    yield Figure(Series(f"{where}: calls", (float(seen.calls),)), "")
    yield Figure(Series(f"{where}: replies of 429", (float(seen.throttled),)), "")
    yield Figure(Series(f"{where}: cycles that took longer than a minute", (float(seen.late),)), "")
    yield Figure(Series(f"{where}: cycles that did not bring everything", (float(seen.stale),)), "")
    for name, used in seen.used.items():
        yield Figure(Series(f"{where}: {name}, most of the burst gone", (100 * used.peak,)), "%")
        yield Figure(Series(f"{where}: {name}, mean share of the rate", (100 * used.mean,)), "%")


def run(place: Path) -> Iterator[Figure]:
    """A day, and some minutes at the limit; then two hours with a wait in every second cycle."""
    yield from paced(place, DAY)
    yield from paced(place, LIMIT)
    kept = honour(place / "honour", eight_types(), ROWS, 2 * WAITS, "shop-b")
    yield Figure(Series("waits asked for by Retry-After", (float(kept.waits),)), "")
    yield Figure(Series("calls sent before a wait was over", (float(kept.early),)), "")
    yield Figure(Series("from the end of a wait to the next call", kept.overshoots), "s")
    undisturbed = Series("cycles without a wait", kept.undisturbed)
    yield Figure(Series("other subscriptions: last reply of a cycle", kept.others), "s", undisturbed)


BENCHMARK = Benchmark(
    "azure-pace", "24 simulated hours under Azure's limits; waits kept; others not delayed.", run
)
WHOLE_DAY = Benchmark(
    "azure-pace-day",
    "24 simulated hours at the exporter's own limit of calls a second.",
    lambda place: paced(place, DAY_AT_LIMIT),
    by_name_only=True,
)
