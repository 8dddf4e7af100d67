"""A simulated day of the Azure exporter under faults and restarts: how many samples were wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from singlepane import output
from tests.azure_day.day import spend
from tests.azure_day.fleets import ROWS, eight_types
from tests.bench.figures import Benchmark, Figure, Series

HOURS = 24
WRONG = ("wrong gauge", "wrong counter", "wrong beginning", "made up", "fell", "future", "grid", "untimed")
_SEED = 7


def run(place: Path) -> Iterator[Figure]:
    """Counts over the whole day; the judge knows the truth of every bucket."""
    day, _ = spend(place, eight_types(), ROWS, HOURS, seed=_SEED)
    found = day.verdict.found
    for kind, examples in day.verdict.examples.items():
        output.message(f"{kind}: {examples}")
    judged = day.verdict.judged
    output.console.print(
        f"{day.cycles} cycles, {day.restarts} restarts ({day.unclean} of them without a closing write), "
        f"{day.calls} calls, {day.faults} faults struck: "
        + ", ".join(f"{number} {kind}" for kind, number in sorted(day.struck.items()) if number)
    )
    yield _count("samples judged", judged["gauge"] + judged["counter"])
    yield _count("wrong samples", sum(found[kind] for kind in WRONG))
    yield _count("made-up zeros", found["made-up zero"])
    yield _count("samples of what is gone", found["gone"] + found["unknown"])
    yield _count("presences looked for, while Azure answered", judged["presence"])
    yield _count("missing of them", found["missing"])
    yield _count("replies of 429 that no fault ordered", day.throttled)
    yield _count("unexpected exceptions", len(day.broken))
    for minute, ages in day.ages.items():
        minutely = [age for (_, step), age in ages.items() if step == "60"]
        name = f"age of the newest point, by type, {minute}"
        yield Figure(Series(name, tuple(float(age) for age in minutely)), "s")


def _count(name: str, number: float) -> Figure:
    return Figure(Series(name, (float(number),)), "")


BENCHMARK = Benchmark(
    "azure-day", "24 simulated hours under faults and restarts, judged sample by sample.", run
)
