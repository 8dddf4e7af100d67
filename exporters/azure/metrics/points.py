"""From a reply's item to readings: settled points of known metrics, each checked, none made up. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite

from estate.series_labels import dimension_label
from exporters.azure.discovery.wanted import Wanted
from exporters.azure.metrics.batch import CutMetric, Item, Metric, Point, Series
from exporters.azure.metrics.plan import Batch
from exporters.azure.metrics.spelling import Spellings

# Sorted label pairs of the dimensions of one series.
Dimensions = tuple[tuple[str, str], ...]
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


# Why points, series or metrics of a reply are not used; `readings` says what each means.
REASONS = ("metric", "dimensions", "time", "outside", "grid", "number", "twice")


@dataclass(frozen=True, slots=True)
class Window:
    """The buckets that begin at `start` or later and end at `end` or earlier (Unix seconds). Those up to
    `seen` are asked for as well; they are not settled, and only watched.
    """

    start: int
    end: int
    seen: int = 0

    def __post_init__(self) -> None:
        if self.seen < self.end:
            object.__setattr__(self, "seen", self.end)


@dataclass(frozen=True, slots=True)
class Reading:
    """The values of one series and one aggregation: (start of bucket, value), in order of time, in Azure's
    unit. `ahead` are those that are not settled.
    """

    metric: Wanted
    aggregation: str
    dimensions: Dimensions
    points: tuple[tuple[int, float], ...]
    ahead: tuple[tuple[int, float], ...] = ()


@dataclass(slots=True)
class ItemReadings:
    """All readings of one resource, in buckets of `step` seconds. `rejected` counts what was left out by
    reason; `errors` are the metrics that failed inside a good reply; `other_interval` says that Azure chose a
    longer grain than asked; `cut` are the metrics that Azure gave as many series of as were asked for, so
    that there may be more.
    """

    step: int
    readings: list[Reading] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    errors: dict[str, str] = field(default_factory=dict)
    other_interval: bool = False
    cut: list[str] = field(default_factory=list)


def readings(item: Item, batch: Batch, window: Window, spellings: Spellings | None = None) -> ItemReadings:
    """What one item of a reply says about the metrics of its batch. `spellings` are those of earlier replies.

    Rejected: `metric` (not asked for), `dimensions` (a series split otherwise than asked), `time` (no
    timestamp), `outside` (not in the window), `grid` (not on the buckets' grid), `number`
    (not finite; negative where Azure counts), `twice` (two values for one bucket, or two series with the same
    dimensions: which is right cannot be known; of two that differ in case only the larger value counts).
    """
    spellings = spellings or Spellings()
    step = duration_seconds(item.interval or "") or batch.key.step
    out = ItemReadings(step)
    out.other_interval = step != batch.key.step
    wanted = {each.definition.name.lower(): each for each in batch.metrics}
    seen: Counter[str] = Counter(metric.name.value.lower() for metric in item.metrics or ())
    for metric in item.metrics or ():
        name = metric.name.value.lower()
        if name not in wanted:
            out.rejected["metric"] += 1
        elif seen[name] > 1:
            out.rejected["twice"] += 1
        elif metric.error not in (None, "", "Success"):
            out.errors[wanted[name].definition.name] = f"{metric.error}: {metric.error_message or ''}"[:300]
        else:
            _metric(metric, wanted[name], batch, window, out, spellings)
    return out


def _metric(
    metric: Metric,
    wanted: Wanted,
    batch: Batch,
    window: Window,
    out: ItemReadings,
    spellings: Spellings,
) -> None:
    series = metric.series or ()
    if isinstance(metric, CutMetric) or (batch.key.dimensions and len(series) >= batch.top):
        out.cut.append(wanted.definition.name)
    asked = sorted(dimension_label(each) for each in batch.key.dimensions)
    alike: dict[Dimensions, list[tuple[Dimensions, Series]]] = {}
    for each in series:
        said = _dimensions(each, wanted)
        if [name for name, _ in said] != asked:
            out.rejected["dimensions"] += 1
            continue
        shown = tuple((name, spellings.shown(batch.key.type, name, value)) for name, value in said)
        alike.setdefault(shown, []).append((said, each))
    for dimensions, some in alike.items():
        if len({said for said, _ in some}) < len(some):
            out.rejected["twice"] += len(some)
            continue
        buckets = _together(
            [_buckets(each, window, out.step, out.rejected) for _, each in some], out.rejected
        )
        for aggregation in wanted.aggregations:
            counts = wanted.counts(aggregation)
            values = tuple(_values(buckets, aggregation, counts, out.rejected))
            if values:
                settled = bisect_right(values, window.end - out.step, key=_start)
                out.readings.append(
                    Reading(wanted, aggregation, dimensions, values[:settled], values[settled:])
                )


def _together(several: list[list[tuple[int, Point]]], rejected: Counter[str]) -> list[tuple[int, Point]]:
    """The buckets of series that differ in case only. Where two have a point for one bucket it is the same
    one, told twice, or one is filled up with zeros: the larger one holds.
    """
    if len(several) == 1:
        return several[0]
    found: dict[int, Point] = {}
    for start, point in (each for buckets in several for each in buckets):
        known = found.get(start)
        smaller, larger = sorted((known, point), key=_size) if known is not None else (point, point)
        rejected["twice"] += smaller != larger and any(_size(smaller))
        found[start] = larger
    return sorted(found.items(), key=lambda each: each[0])


def _size(point: Point) -> tuple[float, ...]:
    """What points are compared by; without a value a point is the smallest."""
    return tuple(
        0.0 if value is None else value
        for value in (point.total, point.count, point.maximum, point.average, point.minimum)
    )


def _start(value: tuple[int, float]) -> int:
    return value[0]


def _dimensions(series: Series, wanted: Wanted) -> Dimensions:
    """Labels by the spelling of the definition: the reply has the names in lower case."""
    spelling = wanted.definition.dimensions
    pairs = {
        dimension_label(spelling.get(each.name.value.lower(), each.name.value)): each.value
        for each in series.dimensions or ()
    }
    return tuple(sorted(pairs.items()))


def _buckets(series: Series, window: Window, step: int, rejected: Counter[str]) -> list[tuple[int, Point]]:
    found: dict[int, Point] = {}
    twice: set[int] = set()
    for point in series.data or ():
        start = instant(point.stamp)
        if start is None:
            rejected["time"] += 1
        elif start < window.start or start + step > window.seen:
            rejected["outside"] += 1
        elif (start - window.start) % step:
            rejected["grid"] += 1
        elif start in found:
            twice.add(start)
        else:
            found[start] = point
    rejected["twice"] += len(twice)
    return sorted((start, point) for start, point in found.items() if start not in twice)


def _values(
    buckets: list[tuple[int, Point]], aggregation: str, counts: bool, rejected: Counter[str]
) -> Iterator[tuple[int, float]]:
    attribute = aggregation.lower()
    for start, point in buckets:
        value: float | None = getattr(point, attribute)
        if value is None:
            continue
        if not isfinite(value) or (counts and value < 0):
            rejected["number"] += 1
            continue
        yield start, value


@lru_cache(maxsize=16_384)
def instant(stamp: str) -> int | None:
    """Unix seconds of an ISO 8601 timestamp; without an offset it is UTC. None for anything else."""
    try:
        when = datetime.fromisoformat(stamp)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return int(when.timestamp())
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=256)
def duration_seconds(text: str) -> int:
    """Seconds of an ISO 8601 duration of days, hours, minutes and seconds; 0 for anything else."""
    match = _DURATION.fullmatch(text[:30])
    if match is None:
        return 0
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds
