"""Twenty thousand spoilt replies per API: no crash, no wrong sample, one counted error each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from singlepane import output
from tests.bench.figures import Benchmark, Figure, Series
from tests.exporters.fuzzing import FUZZES, direct

REPLIES = 20_000


def run(place: Path) -> Iterator[Figure]:
    """All APIs in turn. Raises AssertionError at the first reply that does harm."""
    for api, fuzz in FUZZES.items():
        began = perf_counter()
        with direct():
            errors = asyncio.run(fuzz(REPLIES))
        output.console.print(f"{api}: {REPLIES} spoilt replies in {perf_counter() - began:.0f} s")
        yield Figure(Series(f"{api}: counted as errors, the rest used", (float(errors),)), "replies")


BENCHMARK = Benchmark("azure-fuzz", "20,000 spoilt replies of each API of Azure.", run)
