"""The truth behind every simulated metric: pure functions of seed, resource, metric, dimension values and
minute.

A datum of one minute is what Azure Monitor keeps of it: how many samples, their sum, the lowest and the
highest. Every figure is a whole number of quanta (1, or 1/64 where the unit is not counted), so sums are
exact in a double whatever the order of adding, and tests compare with `==`. A metric with dimensions has a
known list of parts (tuples of dimension values); the parts of a minute add up exactly to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple
from zlib import crc32

from simulators.azure.catalogue import Metric
from simulators.azure.dimensions import values_of
from simulators.azure.levels import level_of

_MASK = 0xFFFFFFFF
_MIX = 0x9E3779B1


class Datum(NamedTuple):
    """One minute, or several joined: samples, and sum, lowest, highest in quanta."""

    samples: int
    total: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Habit:
    """How a resource reports. Shares are per 1024 minutes; minutes are whole.

    `lag`: minutes after the end of a datum before anything of it is visible. `late`: share of data that are
    at first too low, and are corrected within `late_minutes` more. `absent`: share of minutes without a
    datum. `zero`: share of minutes whose value is truly 0. `silent`: no datum ever.
    """

    lag: int = 2
    late: int = 51
    late_minutes: int = 3
    absent: int = 20
    zero: int = 20
    silent: bool = False


@dataclass(slots=True)
class Series:
    """All that the truth of one metric of one resource depends on, worked out once."""

    key: int
    level: int
    quantum: float
    samples: int
    every: int
    events: bool
    steady: bool
    dip: int
    habit: Habit
    parts: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    dimensions: tuple[str, ...] = field(default=())


def noise(key: int, minute: int) -> int:
    """32 bits that depend on both numbers and on nothing else."""
    mixed = (crc32(minute.to_bytes(5, "big"), key) * _MIX) & _MASK
    return mixed ^ (mixed >> 15)


@lru_cache(4096)  # the same for every resource of a type
def part_list(key: int, cardinalities: tuple[tuple[str, ...], ...], most: int) -> tuple[tuple[str, ...], ...]:
    """The tuples of dimension values that occur: all of them, or `most` of them chosen by `key` when there
    are more.
    """
    if not cardinalities:
        return ((),)
    size = 1
    for values in cardinalities:
        size *= len(values)
    if size <= most:
        return tuple(product(*cardinalities))
    chosen: dict[tuple[str, ...], None] = {}
    for attempt in range(most * 8):
        drawn = tuple(values[noise(key + i, attempt) % len(values)] for i, values in enumerate(cardinalities))
        chosen[drawn] = None
        if len(chosen) == most:
            break
    else:
        for one in islice(product(*cardinalities), most):
            chosen[one] = None
            if len(chosen) == most:
                break
    return tuple(sorted(chosen))


def series(
    seed: int,
    resource: str,
    metric: Metric,
    habit: Habit = Habit(),
    values: tuple[tuple[str, ...], ...] | None = None,
    most: int = 12,
) -> Series:
    """The truth of `metric` of the resource with id `resource` (case does not matter).

    `values` are those of its dimensions, in order; `most` bounds the tuples of them that occur.
    """
    identity = f"{seed}|{resource.lower()}|{metric.key}".encode()
    key = crc32(identity)
    typical = level_of(metric)
    events = metric.supported == {"count"}
    steady = typical.steady and not events
    level = typical.quanta
    if not steady:
        # Half to one and a half times the typical level, so that resources differ; a percentage stays below
        # 100.
        spread = (24, 40) if metric.unit == "Percent" else (32, 64)
        level = max(1, level * (spread[0] + noise(key, 0) % spread[1]) // 64)
    if values is None:
        values = tuple(values_of(name) for name in metric.dimensions)
    parts = part_list(crc32(metric.key.encode(), seed & _MASK), values, most)
    weights = [224 + noise(key, 1 + i) % 64 for i in range(len(parts))]
    shares = [0]
    for weight in weights:
        shares.append(shares[-1] + weight)
    return Series(
        key=key,
        level=level,
        quantum=typical.quantum,
        steady=steady,
        dip=typical.dip,
        samples=1 + noise(key, 2) % 3,
        every=metric.every,
        events=events,
        habit=habit,
        parts=parts,
        shares=tuple(shares),
        dimensions=metric.dimension_keys,
    )


def data(of: Series, first: int, last: int) -> list[Datum | None]:
    """The settled data of the minutes from `first` up to but not including `last`.

    None stands where the resource reported nothing. Bulk replies are made of this, so `noise` is written
    out here: calling it would cost a third more.
    """
    habit = of.habit
    if habit.silent:
        return [None] * (last - first)
    key, level, every, events = of.key, of.level, of.every, of.events
    absent, zero, steady, dip = habit.absent, habit.zero, of.steady, of.dip
    parts = len(of.parts)
    count = of.samples * parts
    half = level >> 1
    found: list[Datum | None] = []
    add = found.append
    for minute in range(first, last):
        if every > 1 and minute % every:
            add(None)
            continue
        bits = (crc32(minute.to_bytes(5, "big"), key) * _MIX) & _MASK
        bits ^= bits >> 15
        if (bits & 1023) < absent:
            add(None)
        elif steady:
            one = level - (bits >> 20 & dip)
            add(Datum(count, one * count, one, one))
        elif (bits >> 10 & 1023) < zero:
            add(Datum(0 if events else count, 0, 0, 0))
        else:
            busy = 720 - abs(minute % 1440 - 720)
            mean = half + level * busy // 1440 + (level * (bits >> 20 & 255) >> 10)
            if events:
                happened = mean * parts + (bits >> 4) % parts
                add(Datum(happened, happened, 0, 1))
            else:
                total = mean * count + (bits >> 4) % count
                add(Datum(count, total, mean * 5 >> 3, (mean * 13 >> 3) + 1))
    return found


def datum(of: Series, minute: int) -> Datum | None:
    """The settled datum of the minute that starts at `minute`, or None when the resource reported nothing."""
    return data(of, minute, minute + 1)[0]


def early(of: Series, whole: Datum) -> Datum:
    """What is visible of a late datum before it is corrected: about half of it."""
    if of.events:
        return Datum(whole.samples // 2, whole.total // 2, whole.minimum, whole.maximum)
    parts = len(of.parts)
    samples = (whole.samples // parts + 1) // 2
    if of.steady:
        return Datum(samples * parts, whole.minimum * samples * parts, whole.minimum, whole.maximum)
    return Datum(samples * parts, whole.total // 2, whole.minimum // 2, whole.maximum)


def visible(of: Series, minute: int, now: float) -> Datum | None:
    """What Azure would show of that minute at `now` (epoch seconds): nothing, too little, or the settled
    datum.
    """
    habit = of.habit
    age = int(now // 60) - (minute + of.every)
    if age < habit.lag:
        return None
    whole = datum(of, minute)
    if whole is None or age >= habit.lag + habit.late_minutes:
        return whole
    bits = noise(of.key ^ 0x5EED, minute)
    if (bits & 1023) < habit.late and age < habit.lag + 1 + (bits >> 10) % habit.late_minutes:
        return early(of, whole)
    return whole


def visible_data(of: Series, first: int, last: int, now: float) -> list[Datum | None]:
    """`visible` of the minutes from `first` up to but not including `last`."""
    settled = int(now // 60) - of.every - of.habit.lag - of.habit.late_minutes + 1
    if last <= settled:
        return data(of, first, last)
    turn = max(first, settled)
    return data(of, first, turn) + [visible(of, minute, now) for minute in range(turn, last)]


def part(of: Series, whole: Datum, minute: int, index: int) -> Datum:
    """The share of part `index` in the datum `whole` of that minute; the parts add up to the whole."""
    parts = len(of.parts)
    if parts == 1:
        return whole
    shares = of.shares
    all_shares = shares[-1]
    total = whole.total * shares[index + 1] // all_shares - whole.total * shares[index] // all_shares
    if of.events:
        return Datum(total, total, 0, whole.maximum)
    if of.steady:
        return Datum(whole.samples // parts, whole.total // parts, whole.minimum, whole.maximum)
    count = whole.samples * (index + 1) // parts - whole.samples * index // parts
    spread = whole.minimum >> 4
    lowest = minute % parts == index
    highest = (minute // parts) % parts == index
    return Datum(
        count,
        total,
        whole.minimum if lowest else whole.minimum + spread,
        whole.maximum if highest else whole.maximum - spread,
    )


def join(several: Iterable[Datum]) -> Datum | None:
    """Several data as one: counts and sums added, the extremes kept; None of nothing."""
    count = total = 0
    minimum: int | None = None
    maximum = 0
    for one in several:
        count += one.samples
        total += one.total
        minimum = one.minimum if minimum is None or one.minimum < minimum else minimum
        maximum = max(maximum, one.maximum)
    return None if minimum is None else Datum(count, total, minimum, maximum)


def figure(of: Series, one: Datum, aggregation: str) -> float:
    """A datum under an aggregation (lower case: average, minimum, maximum, total, count), in the metric's
    unit.
    """
    match aggregation:
        case "count":
            return float(one.samples)
        case "total":
            return one.total * of.quantum
        case "minimum":
            return one.minimum * of.quantum
        case "maximum":
            return one.maximum * of.quantum
        case "average":
            return one.total * of.quantum / one.samples if one.samples else 0.0
    raise ValueError(f"not an aggregation: {aggregation!r}")


def chosen_parts(of: Series, dimension_values: Mapping[str, str]) -> tuple[int, ...]:
    """Indexes of the parts that have all these values; names and values are compared without case."""
    wanted = {
        of.dimensions.index(name.lower()): text.lower()
        for name, text in dimension_values.items()
        if name.lower() in of.dimensions
    }
    if len(wanted) < len(dimension_values):
        return ()
    return tuple(
        index
        for index, values in enumerate(of.parts)
        if all(values[place].lower() == text for place, text in wanted.items())
    )


def value(
    of: Series,
    aggregation: str,
    minute: int,
    minutes: int = 1,
    dimension_values: Mapping[str, str] | None = None,
) -> float | None:
    """The settled value over `[minute, minute + minutes)`, or None when there is no datum in it.

    `dimension_values` narrows to the parts that have them; none means the whole.
    """
    chosen = chosen_parts(of, dimension_values) if dimension_values else None
    found: list[Datum] = []
    for at, whole in enumerate(data(of, minute, minute + minutes), minute):
        if whole is None:
            continue
        if chosen is None:
            found.append(whole)
        else:
            found.extend(part(of, whole, at, index) for index in chosen)
    joined = join(found)
    return None if joined is None else figure(of, joined, aggregation)
