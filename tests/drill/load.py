"""Load on a running estate while it is broken: queries over both clusters, scrapes, orders. Bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.verify.running import RunningEstate

THREADS = 2
PAUSE_SECONDS = 0.1


@dataclass(slots=True)
class Load:
    """Counts of what was asked. Errors are no fault here: what is asked may just be dead."""

    answered: int = 0
    failed: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, urls: list[str]) -> None:
        """Ask these in turn until told to stop."""
        with httpx.Client(timeout=10) as client:
            while not self._stop.is_set():
                for url in urls:
                    try:
                        good = client.get(url.replace("NOW", str(int(time.time())))).is_success
                    except httpx.TransportError:
                        good = False
                    with self._lock:
                        self.answered += good
                        self.failed += not good
                    if self._stop.wait(PAUSE_SECONDS):
                        return

    def stop(self) -> None:
        """End it."""
        self._stop.set()


@contextmanager
def load(estate: RunningEstate) -> Iterator[Load]:
    """Load for as long as the block runs."""
    with asking(_urls(estate)) as state:
        yield state


def _urls(estate: RunningEstate) -> list[str]:
    rows = {row["name"]: row for row in estate.recorded()["components"]}
    frontend = rows["query-frontend"]["addresses"]["http"]
    query = rows["query"]["addresses"]["http"]
    expression = "sum by (cluster) (rate(prometheus_tsdb_head_samples_appended_total[1m]))"
    start = int(time.time()) - 600
    return [
        f"http://{frontend}/api/v1/query_range?query={expression}&start={start}&end=NOW&step=5",
        f"http://{query}/api/v1/query?query=count by (cluster, job) (up)",
        *(f"http://{row['addresses']['http']}/metrics" for row in rows.values() if row["kind"] == "exporter"),
        f"http://{rows['server']['addresses']['http']}/",
    ]


@contextmanager
def asking(urls: list[str]) -> Iterator[Load]:
    """These addresses asked in turn for as long as the block runs; NOW in them is the time."""
    state = Load()
    threads = [threading.Thread(target=state.run, args=(urls,), daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield state
    finally:
        state.stop()
        for thread in threads:
            thread.join()
