"""Values of JSON metrics in the unit that their names say, as far as the path to the number says another one.

What a document means by a number only its paths can tell before it is asked for: `loadPercent`, `latency_ms`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from estate.checks.expressions import last_key
from estate.checks.units import in_base_units
from estate.model import JsonMetric
from estate.problems import Problem
from estate.series_labels import words
from estate.tree import Path


def scale(metric: JsonMetric, path: Path) -> Iterator[Problem]:
    """The scale is what makes the unit of the value that of the name. A metric may lack values, as a draft
    does.
    """
    if metric.name is None or metric.value is None or metric.scale is None:
        return
    key = last_key(metric.value)
    found = in_base_units("_".join(words(key)))
    if found is None or found.base not in metric.name.split("_"):
        return
    if found.factors and Decimal(repr(metric.scale)) not in map(Decimal, found.factors):
        message = f"the value {key!r} says {found.word!r}, and {metric.name!r} {found.base!r}"
        fix = f"write scale: {' or '.join(found.factors)}, or another name"
        set_by_hand = metric.scale != 1
        at = (*path, "scale") if set_by_hand else (*path, "value")
        scaled = f", but the scale is {metric.scale!r}" if set_by_hand else ""
        yield Problem("metric-scale", at, message + scaled, fix)
