"""One metric out of a document: its series, and what had to be left out. Pure; what is taken for a number is
in docs/collectors/json.md.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Context, Decimal
from math import isfinite
from typing import Any, Literal

from estate.model import JsonMetric
from exporters.documents.expressions import FAILURES, Expression
from exporters.exposition.metrics import Family, Labels, Sample

# Two doubles in their shortest forms have 34 digits at most, so that their product is exact.
_EXACT = Context(prec=40)

# Why a value was left out.
Reason = Literal["items", "number", "label", "negative", "duplicate", "expression"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A metric with its expressions ready to run."""

    metric: JsonMetric
    items: Expression
    value: Expression
    labels: tuple[tuple[str, Expression], ...]
    # None where values stay as they are.
    scale: Decimal | None


def compiled(metric: JsonMetric) -> Compiled:
    """Raises jmespath's errors (ValueError) for an expression that is none."""
    return Compiled(
        metric,
        Expression(metric.items),
        Expression(metric.value),
        tuple((name, Expression(text)) for name, text in metric.labels.items()),
        None if metric.scale == 1 else Decimal(repr(metric.scale)),
    )


class _Bad(Exception):
    """A value that is not what a metric needs."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Extracted:
    """One metric out of a document: its series, and how many values were left out and why."""

    family: Family
    bad: Counter[Reason]


def extract(metric: Compiled, document: Any) -> Extracted:
    """A value of null is absent; true and false are 1 and 0; anything else that is no number is left out and
    counted, text with digits too. Of two series with the same labels neither is kept: which is right cannot
    be known.
    """
    bad: Counter[Reason] = Counter()
    found: dict[Labels, float] = {}
    seen: Counter[Labels] = Counter()
    try:
        items = metric.items.search(document)
    except FAILURES:
        items, bad["expression"] = None, 1
    if items is not None and not isinstance(items, list):
        bad["items"] += 1
    for item in items if isinstance(items, list) else ():
        try:
            value = _value(metric, item)
            if value is None:
                continue
            labels = Labels({name: _label(each.search(item)) for name, each in metric.labels})
        except _Bad as error:
            bad[error.reason] += 1
        except FAILURES:
            bad["expression"] += 1
        else:
            seen[labels] += 1
            found[labels] = value
    for labels, times in seen.items():
        if times > 1:
            bad["duplicate"] += times
            del found[labels]
    samples = tuple(Sample(labels, value) for labels, value in found.items())
    return Extracted(Family(metric.metric.name, metric.metric.type, metric.metric.help, samples), bad)


def _value(metric: Compiled, item: Any) -> float | None:
    found, refused = metric.value.number(item)
    if refused:
        raise _Bad("number")
    value = _number(found)
    if value is None:
        return None
    if value < 0 and metric.metric.type == "counter":
        raise _Bad("negative")
    return value if metric.scale is None else _scaled(found, value, metric.scale)


def _scaled(found: int | float, value: float, scale: Decimal) -> float:
    """The double that is closest to the product of the numbers as they are written: 0.7 for 70 times 0.01,
    where doubles alone give 0.7000000000000001. What is too small for any is 0.
    """
    exact = Decimal(found) if isinstance(found, int) else Decimal(repr(value))
    scaled = float(_EXACT.multiply(exact, scale))
    if not isfinite(scaled):
        raise _Bad("number")
    return scaled


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float):
        raise _Bad("number")
    try:
        number = float(value)
    except OverflowError:
        raise _Bad("number") from None
    if not isfinite(number):
        raise _Bad("number")
    return number


def _label(value: Any) -> str:
    """Text as it is; a number without a needless `.0`; true and false; null is no label."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value
        case int():
            return str(value)
        case float() if not isfinite(value):
            raise _Bad("number")
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            raise _Bad("label")
