"""From `singlepane up` to the first global query that shows both clusters; engines are in the cache."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.bench import bare
from tests.bench.figures import Benchmark, Figure, Series
from tests.verify.running import RunningEstate, free_base, singlepane

RUNS = 3
BUDGET = 20.0
QUERY = 'count by (cluster) (up{cluster=~"prod-weu|prod-neu"})'


def run(place: Path) -> Iterator[Figure]:
    """Up and down, each time with an empty state folder."""
    singlepane("engines", "build").good()
    times, whole = [], []
    for number in range(RUNS):
        first, ready = started(place / f"state-{number}")
        times.append(first)
        whole.append(ready)
    alone = Series(bare.NAME, tuple(bare.first_query(place / f"bare-{n}")[0] for n in range(RUNS)))
    yield Figure(Series("up: first global query over both clusters", tuple(times)), "s", alone, BUDGET)
    yield Figure(Series("up: every component ready", tuple(whole)), "s", alone)


def started(state: Path) -> tuple[float, float]:
    """Seconds to the first global query and to the end of `up`; the estate is down and gone afterwards."""
    estate = RunningEstate(state, free_base())
    began = time.monotonic()
    ended: list[float] = []

    def up() -> None:
        estate.up().good()
        ended.append(time.monotonic() - began)

    thread = threading.Thread(target=up)
    thread.start()
    try:
        while not shows_both(estate):
            assert time.monotonic() - began < 300, "no global query over both clusters within 300 s"
            time.sleep(0.1)
        first = time.monotonic() - began
        thread.join()
        assert ended, "up failed"
        return first, ended[0]
    finally:
        thread.join()
        estate.down()
        shutil.rmtree(state, ignore_errors=True)


def shows_both(estate: RunningEstate) -> bool:
    """Whether Query has samples of both workload clusters."""
    try:
        return len(estate.query(QUERY)) == 2
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        # Not there yet: no status file, no port, or no store.
        return False


BENCHMARK = Benchmark("up-first-query", "Start of the example estate, engines cached.", run)
