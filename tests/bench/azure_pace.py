"""A simulated day of the Azure exporter near Azure's limits: was it ever throttled, and are waits kept?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from singlepane import output
from tests.azure_day.fleets import ROWS, SINGLE_ROWS, eight_types, near_the_limit
from tests.azure_day.honoured import honour
from tests.azure_day.paced import pace
from tests.bench.figures import Benchmark, Figure, Series

MINUTES = 24 * 60
# As many resources as the exporter's own pace of 10 calls a second reads within a minute.
RESOURCES = 560
WAITS = 200


def run(place: Path) -> Iterator[Figure]:
    """A day with restarts every hour, then some hours with a wait in every second cycle."""
    paced = pace(place / "pace", near_the_limit(RESOURCES), SINGLE_ROWS, MINUTES)
    output.console.print(f"{RESOURCES} resources, one call each: {paced.planned} calls in a cycle")
    yield Figure(Series("calls in 24 h", (float(paced.calls),)), "")
    yield Figure(Series("replies of 429", (float(paced.throttled),)), "")
    yield Figure(Series("cycles that ended after the next was due", (float(paced.late),)), "")
    yield Figure(Series("cycles that did not bring everything", (float(paced.stale),)), "")
    for name, used in paced.used.items():
        yield Figure(Series(f"{name}: most of the burst gone at once", (100 * used.peak,)), "%")
        yield Figure(Series(f"{name}: mean share of the rate", (100 * used.mean,)), "%")
    kept = honour(place / "honour", eight_types(), ROWS, 2 * WAITS, "shop-b")
    yield Figure(Series("waits asked for by Retry-After", (float(kept.waits),)), "")
    yield Figure(Series("calls sent before a wait was over", (float(kept.early),)), "")
    yield Figure(Series("from the end of a wait to the next call", kept.overshoots), "s")
    undisturbed = Series("cycles without a wait", kept.undisturbed)
    yield Figure(Series("other subscriptions: last reply of a cycle", kept.others), "s", undisturbed)


BENCHMARK = Benchmark(
    "azure-pace", "24 simulated hours near Azure's limits; waits kept; others not delayed.", run
)
