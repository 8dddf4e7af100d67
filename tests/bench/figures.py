"""What a benchmark measures, how its noise is said, and the table."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from singlepane import output


@dataclass(frozen=True, slots=True)
class Series:
    """Repeated measurements of one thing."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement beside its baseline of the same run. `budget` is what it should stay under; 0 is none."""

    what: Series
    unit: str
    baseline: Series | None = None
    budget: float = 0.0


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`run` gets an empty folder and gives figures. One that is `by_name_only` runs when it is asked for."""

    name: str
    about: str
    run: Callable[[Path], Iterable[Figure]]
    by_name_only: bool = False


def table(title: str, figures: Iterable[Figure]) -> None:
    """Print figures with spread, baseline, ratio and budget."""
    output.table(
        title,
        ("FIGURE", "MEDIAN", "LOWEST", "HIGHEST", "RUNS", "BASELINE", "IS", "RATIO", "BUDGET", "HELD"),
        [_row(figure) for figure in figures],
    )
    output.console.print()


def _row(figure: Figure) -> tuple[str, ...]:
    what, base = figure.what, figure.baseline
    number = _number(figure.unit)
    return (
        what.name,
        number(what.median),
        number(min(what.values)),
        number(max(what.values)),
        str(len(what.values)),
        base.name if base else "",
        number(base.median) if base else "",
        f"{what.median / base.median:.2f}" if base and base.median else "",
        number(figure.budget) if figure.budget else "",
        ("yes" if what.median <= figure.budget else "NO") if figure.budget else "",
    )


def _number(unit: str) -> Callable[[float], str]:
    return lambda value: f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def noise() -> str:
    """How even this machine is now: the spread of 21 runs of the same computation, and its load."""
    times = []
    for _ in range(21):
        began = time.perf_counter()
        sum(number * number for number in range(400_000))
        times.append(time.perf_counter() - began)
    times.sort()
    spread = (times[18] - times[2]) / statistics.median(times)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, load {load}; the same computation 21 times: "
        f"{1000 * statistics.median(times):.1f} ms, middle 80 % within {100 * spread:.0f} %"
    )
