"""Many values to one: what stat panels, legends and transformations calculate.

Contract: grafana/grafana packages/grafana-data/src/transformations/fieldReducer.ts.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

Numbers = Sequence[float]


def _delta(values: Numbers) -> float:
    """How much a counter grew: a fall is a new beginning."""
    return sum(after - before if after >= before else after for before, after in pairwise(values))


def _step(values: Numbers) -> float | None:
    return min((after - before for before, after in pairwise(values)), default=None)


def _percent(values: Numbers) -> float | None:
    return (values[-1] - values[0]) / abs(values[0]) if values[0] else None


_NUMBERS: Mapping[str, Callable[[Numbers], float | None]] = {
    "min": min,
    "max": max,
    "mean": lambda values: math.fsum(values) / len(values),
    "median": statistics.median,
    "sum": math.fsum,
    "range": lambda values: max(values) - min(values),
    "delta": _delta,
    "diff": lambda values: values[-1] - values[0],
    "diffperc": _percent,
    "step": _step,
    "logmin": lambda values: min((one for one in values if one > 0), default=None),
    "variance": statistics.pvariance,
    "stdDev": statistics.pstdev,
}
_ANY: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "last": lambda values: values[-1] if values else None,
    "first": lambda values: values[0] if values else None,
    "lastNotNull": lambda values: next((one for one in reversed(values) if one is not None), None),
    "firstNotNull": lambda values: next((one for one in values if one is not None), None),
    "count": len,
    "countAll": len,
    "changeCount": lambda values: sum(one != other for one, other in pairwise(values)),
    "distinctCount": lambda values: len(set(values)),
    "allIsZero": lambda values: bool(values) and all(one == 0 for one in values),
    "allIsNull": lambda values: all(one is None for one in values),
    "uniqueValues": lambda values: ", ".join(str(one) for one in dict.fromkeys(values) if one is not None),
    "allValues": lambda values: ", ".join(str(one) for one in values),
}
_PERCENTILE = re.compile(r"p(\d{1,2})")
NAMES: Mapping[str, str] = {
    "lastNotNull": "Last *",
    "last": "Last",
    "first": "First",
    "firstNotNull": "First *",
    "min": "Min",
    "max": "Max",
    "mean": "Mean",
    "median": "Median",
    "sum": "Total",
    "count": "Count",
    "range": "Range",
    "delta": "Delta",
    "diff": "Difference",
    "diffperc": "Difference percent",
    "step": "Step",
    "logmin": "Min (above zero)",
    "variance": "Variance",
    "stdDev": "StdDev",
    "changeCount": "Change count",
    "distinctCount": "Distinct count",
    "allIsZero": "All zeros",
    "allIsNull": "All nulls",
    "uniqueValues": "All unique values",
    "allValues": "All values",
}


def known(name: str) -> bool:
    """Whether there is such a calculation."""
    return name in _NUMBERS or name in _ANY or bool(_PERCENTILE.fullmatch(name))


def reduced(name: str, values: Sequence[Any]) -> Any:
    """The one value, or None where there is none. An unknown calculation is the last value."""
    if name in _ANY:
        return _ANY[name](values)
    numbers = [float(one) for one in values if isinstance(one, (int, float)) and not isinstance(one, bool)]
    if not numbers:
        return None
    percentile = _PERCENTILE.fullmatch(name)
    try:
        if percentile:
            place = min(int(len(numbers) * int(percentile[1]) / 100), len(numbers) - 1)
            return sorted(numbers)[place]
        if name in _NUMBERS:
            found = _NUMBERS[name](numbers)
            return found if found is None or math.isfinite(found) else None
    except (OverflowError, ValueError):
        return None
    return _ANY["lastNotNull"](values)


def title(name: str) -> str:
    """What a legend calls it."""
    return NAMES.get(name, name)
