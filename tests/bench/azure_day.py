"""A simulated day of the Azure exporter under faults and restarts: how many samples were wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from msgspec.structs import replace

from exporters.azure.metrics import table
from singlepane import output
from tests.azure_day.before import before
from tests.azure_day.day import Day, spend
from tests.azure_day.fleets import ROWS, eight_types
from tests.azure_day.moment import START
from tests.bench.figures import Benchmark, Figure, Series

HOURS = 24
WRONG = ("wrong gauge", "wrong counter", "wrong beginning", "made up", "fell", "future", "grid", "untimed")
_SEED = 7
# Another exporter, over resources that are named alike and have other values.
_OTHER = 8
_OLD = "the rule before"


def run(place: Path) -> Iterator[Figure]:
    """Counts over the whole day; the judge knows the truth of every bucket. Then the same day by the rule for
    waits that the exporter had before, and the day of a new exporter to which the first one's table is
    offered.
    """
    day, estate = spend(place / "now", eight_types(), ROWS, HOURS, seed=_SEED)
    yield from _counts(day)
    with before():
        old, _ = spend(place / "before", eight_types(), ROWS, HOURS, seed=_SEED)
    yield _count("wrong samples by the rule before", _wrong(old))
    # Each day begins at the same moment: the table is of the one before.
    ago = timedelta(hours=HOURS + 1)
    lines = [
        replace(line, since=line.since - ago, until=line.until - ago)
        for line in table.lines([estate.collector.ledger.learnt()])
    ]
    offered = table.document(lines, "bench", START)
    fleet = eight_types(seed=_OTHER)
    told, _ = spend(place / "told", fleet, ROWS, HOURS, seed=_OTHER, offered=offered)
    yield _count("wrong samples with a table", _wrong(told))
    for name, each in (("", day), (", with a table", told)):
        yield from _ages(name, each.newest, old.newest)


def _counts(day: Day) -> Iterator[Figure]:
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
    yield _count("wrong samples", _wrong(day))
    yield _count("made-up zeros", found["made-up zero"])
    yield _count("samples of what is gone", found["gone"] + found["unknown"])
    yield _count("presences looked for, while Azure answered", judged["presence"])
    yield _count("missing of them", found["missing"])
    yield _count("replies of 429 that no fault ordered", day.throttled)
    yield _count("unexpected exceptions", len(day.broken))


def _ages(name: str, now: Sequence[dict[str, float]], old: Sequence[dict[str, float]]) -> Iterator[Figure]:
    """Seconds from the end of the newest point to when it is shown: each type in each minute counts alike."""
    for span, last in (
        ("first cycle", 1),
        ("first ten minutes", 10),
        ("first hour", 60),
        ("the day", len(now)),
    ):
        yield Figure(
            Series(f"age of the newest point, {span}{name}", _values(now[:last])),
            "s",
            Series(_OLD, _values(old[:last])),
        )
    most, least = (quantiles(_values(each), n=20)[-1] for each in (now, old))
    yield Figure(Series(f"the same, p95 of the day{name}", (most,)), "s", Series(_OLD, (least,)))
    means = [sum(values) / len(values) for values in (_values(now), _values(old))]
    yield Figure(Series(f"the same, mean of the day{name}", (means[0],)), "s", Series(_OLD, (means[1],)))


def _values(minutes: Sequence[dict[str, float]]) -> tuple[float, ...]:
    return tuple(age for ages in minutes for age in ages.values())


def _wrong(day: Day) -> int:
    return sum(day.verdict.found[kind] for kind in WRONG)


def _count(name: str, number: float) -> Figure:
    return Figure(Series(name, (float(number),)), "")


BENCHMARK = Benchmark(
    "azure-day", "24 simulated hours under faults and restarts, judged sample by sample; three times.", run
)
