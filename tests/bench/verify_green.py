"""From `singlepane up` to a verification that holds in every hop, blocks in the bucket included."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Benchmark, Figure, Series
from tests.verify.running import running, singlepane

RUNS = 2
BUDGET = 120.0


def run(place: Path) -> Iterator[Figure]:
    """Fresh each time; then once more on the running estate, where nothing has to be waited for."""
    singlepane("engines", "build").good()
    green, again = [], []
    for number in range(RUNS):
        began = time.monotonic()
        state = place / f"state-{number}"
        with running(state) as estate:
            estate.verify(300)[0].good()
            green.append(time.monotonic() - began)
            again.append(estate.verify(60)[0].good().seconds)
        shutil.rmtree(state)
    repeat = Series("verify of an estate that runs", tuple(again))
    yield Figure(Series("up to verify green, from nothing", tuple(green)), "s", repeat, BUDGET)


BENCHMARK = Benchmark("verify-green", "The whole data path proven, from a fresh start.", run)
