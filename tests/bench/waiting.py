"""Waiting for an exporter's cycles."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.bench.azure_stand import Exporter


def each_cycle(exporter: Exporter, count: int) -> Iterator[float]:
    """The seconds that each of the next cycles took, as soon as it has ended."""
    before, _ = exporter.cycles()
    end = time.monotonic() + 240
    while count:
        time.sleep(0.4)
        done, took = exporter.cycles()
        if done != before:
            before, count = done, count - 1
            yield took
        if time.monotonic() > end:
            raise AssertionError(f"no {count} more cycles; the log is {exporter.log}")
