"""Ten thousand faults in one subscription, and as many in all: what stops, and who else feels them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from singlepane import output
from tests.azure_day.faulty import endure
from tests.azure_day.fleets import ROWS, eight_types
from tests.bench.figures import Benchmark, Figure, Series

FAULTS = 10_000


def run(place: Path) -> Iterator[Figure]:
    """One subscription of three first, then all of them."""
    for number, victim in enumerate(("partner", "")):
        outcome = endure(place / f"{number}", eight_types(part=4), ROWS, FAULTS, victim)
        where = "one subscription" if victim else "all subscriptions"
        struck = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.struck.items()) if count)
        output.console.print(f"{where}: {struck}; {outcome.failed} of {outcome.cycles} cycles with an error")
        for kind, examples in outcome.verdict.examples.items():
            output.message(f"{kind}: {examples}")
        judged = outcome.verdict.judged

        def figure(name: str, value: float, unit: str = "", where: str = where) -> Figure:
            return Figure(Series(f"{where}: {name}", (float(value),)), unit)

        yield figure("faults that struck", outcome.struck.total())
        yield figure("exits and unexpected exceptions", len(outcome.broken))
        yield figure("samples judged", judged["gauge"] + judged["counter"])
        yield figure("wrong samples", outcome.verdict.found.total())
        yield figure("longest cycle", outcome.longest_cycle, "s")
        yield figure("everything there again at the end", outcome.recovered)
        if victim:
            yield figure("cycles with a healthy subscription not fresh", outcome.stale)
            yield figure("oldest reading of a healthy subscription", outcome.oldest, "s")


BENCHMARK = Benchmark("azure-faults", "10,000 faults in one subscription, and 10,000 in all.", run)
