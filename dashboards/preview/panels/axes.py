"""Axes whose marks are round numbers of their unit, written as Grafana writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dashboards.preview.panels.words import plain
from dashboards.preview.reading.shape import mapping, number, text
from dashboards.preview.showing.units import base_of, written

_ROUND = {
    10: (1.0, 2.0, 2.5, 5.0, 10.0),
    60: (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0),
    1024: (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0),
}
MARKS = 5
DAY = 86_400_000


def span(values: Iterable[Any], own: Mapping[str, Any], *, from_zero: bool = False) -> tuple[float, float]:
    """Where an axis begins and ends: what the field says, else what holds all values with some air."""
    custom = mapping(own.get("custom"))
    numbers = [float(one) for one in values if isinstance(one, (int, float))]
    least, most = min(numbers, default=0.0), max(numbers, default=1.0)
    soft = number(custom.get("axisSoftMin")), number(custom.get("axisSoftMax"))
    if soft[0] is not None:
        least = min(least, soft[0])
    if soft[1] is not None:
        most = max(most, soft[1])
    if from_zero:
        least, most = min(least, 0.0), max(most, 0.0)
    air = (most - least) * 0.06 or abs(most) * 0.1 or 1.0
    fixed_low, fixed_high = number(own.get("min")), number(own.get("max"))
    low = least - (0.0 if least == 0 else air) if fixed_low is None else fixed_low
    if fixed_low is None and least > 0 and low < 0:
        low = 0.0
    high = most + air if fixed_high is None else fixed_high
    return (low, high) if high > low else (low, low + (abs(low) * 0.1 or 1.0))


def marks(low: float, high: float, unit: str) -> list[float]:
    """Some five round numbers between the ends."""
    wanted = (high - low) / MARKS
    if not math.isfinite(wanted) or wanted <= 0:
        return [low]
    base = base_of(unit)
    # A share is written as percent, whose round numbers are those of ten.
    if base == 60 and wanted < 1:
        base = 10
    size = base ** math.floor(math.log(wanted, base))
    if base == 60 and wanted >= 86_400:
        # From days on the parts of an hour are no round numbers any more.
        base, size = 10, 86_400 * 10 ** math.floor(math.log10(wanted / 86_400))
    step = size * next((one for one in _ROUND[base] if one * size >= wanted * 0.9), base)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [place * step for place in range(first, min(last, first + 12) + 1)]


def value_axis(own: Mapping[str, Any], values: Sequence[Any], *, from_zero: bool = False) -> dict[str, Any]:
    """A plotly axis for values under a field's rules."""
    unit = text(own.get("unit"))
    custom = mapping(own.get("custom"))
    title = text(custom.get("axisLabel"))
    axis: dict[str, Any] = {"fixedrange": True, "zeroline": False, "automargin": True}
    if title:
        axis["title"] = {"text": plain(title, 60), "standoff": 6}
    scale = mapping(custom.get("scaleDistribution"))
    positive = [float(one) for one in values if isinstance(one, (int, float)) and one > 0]
    if scale.get("type") == "log" and positive:
        axis |= _logarithmic(positive, unit)
        return axis
    low, high = span(values, own, from_zero=from_zero)
    places = marks(low, high, unit)
    axis |= {
        "range": [low, high],
        "tickvals": places,
        "ticktext": [_words(one, unit, places) for one in places],
    }
    return axis


def _words(value: float, unit: str, places: Sequence[float]) -> str:
    """Short where every mark is: `1.50` beside `1.75` keeps its decimals, `2.00` alone loses them."""
    value = 0.0 if abs(value) < 1e-12 * max(abs(places[0]), abs(places[-1]), 1e-300) else value
    full = written(value, unit)
    head, dot, rest = full.partition(".")
    if dot:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        kept = digits.rstrip("0")
        full = f"{head}{'.' + kept if kept else ''}{rest[len(digits) :]}"
    return plain(full)


def _logarithmic(positive: Sequence[float], unit: str) -> dict[str, Any]:
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    high = max(high, low + 1)
    every = max((high - low) // MARKS, 1)
    places = [10.0**place for place in range(low, high + 1, every)]
    return {
        "type": "log",
        "range": [low, high],
        "tickvals": places,
        "ticktext": [plain(written(one, unit)) for one in places],
    }


def time_axis(begin: int, end: int) -> dict[str, Any]:
    """The time, in UTC: of day where the range is one, else with the date."""
    length = end - begin
    form = "%H:%M:%S" if length <= 300_000 else "%H:%M" if length <= DAY else "%d %b %H:%M"
    return {
        "type": "date",
        "range": [begin, end],
        "zeroline": False,
        "nticks": 8 if length <= DAY else 6,
        "tickformat": "%d %b" if length > 7 * DAY else form,
        "hoverformat": "%Y-%m-%d %H:%M:%S",
    }
