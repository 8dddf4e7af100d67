"""From a checked query and resources to the time series of a reply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulators.azure.catalogue import Metric
from simulators.azure.intervals import stamp
from simulators.azure.inventory import Resource
from simulators.azure.query import MOST_POINTS, RESOURCE_ID, Asked, BadQuery, Span
from simulators.azure.truth import Datum, Series, figure, join, part, visible_data

# A series of a reply: dimension names and values, and one datum or None per bucket.
Row = tuple[tuple[tuple[str, str], ...], list[Datum | None]]


def stamps(span: Span) -> list[str]:
    """The timestamps of the buckets."""
    return [stamp((span.first + index * span.step) * 60) for index in range(span.length)]


def matching_parts(of: Series, asked: Asked) -> dict[tuple[str, ...], list[int]]:
    """Parts that pass the filters, grouped by the values of the dimensions that make series."""
    places = {name: of.dimensions.index(name) for name in asked.filters if name in of.dimensions}
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, values in enumerate(of.parts):
        passes = True
        for name, place in places.items():
            wanted = asked.filters[name]
            if wanted is not None and values[place].lower() not in wanted:
                passes = False
                break
        if passes:
            key = tuple(values[places[name]] for name in asked.split if name in places)
            groups.setdefault(key, []).append(index)
    return groups


def whole_buckets(of: Series, span: Span, now: float) -> list[Datum | None]:
    """What is visible of the whole metric in each bucket."""
    minutes = visible_data(of, span.first, span.first + span.length * span.step, now)
    if span.step == 1:
        return minutes
    steps = range(0, len(minutes), span.step)
    return [join(one for one in minutes[at : at + span.step] if one is not None) for at in steps]


def part_buckets(of: Series, parts: Sequence[int], span: Span, now: float) -> list[Datum | None]:
    """What is visible of some parts of the metric in each bucket."""
    minutes = visible_data(of, span.first, span.first + span.length * span.step, now)
    found: list[Datum | None] = []
    for at in range(0, len(minutes), span.step):
        shares: list[Datum] = []
        for minute, whole in enumerate(minutes[at : at + span.step], span.first + at):
            if whole is not None:
                shares.extend(part(of, whole, minute, one) for one in parts)
        found.append(join(shares))
    return found


def rows_of(resource: Resource, metric: Metric, asked: Asked, span: Span, now: float) -> list[Row]:
    """The series of one metric of one resource, those without any datum left out."""
    of = resource.series(metric)
    behaviour = resource.manner.behaviour
    if of.habit.silent:
        return []
    if not asked.filters:
        return [((), _within_life(resource, whole_buckets(of, span, now), span))]
    if any(name in metric.dimension_keys for name in asked.filters):
        if metric.key in {name.lower() for name in behaviour.silent_split}:
            return []
        if metric.key in {name.lower() for name in behaviour.unsplit}:
            return [((), _within_life(resource, whole_buckets(of, span, now), span))]
    groups = matching_parts(of, asked)
    names = tuple(name for name in asked.split if name in of.dimensions)
    everything = len(of.parts)
    rows: list[Row] = []
    for values, parts in groups.items():
        if len(parts) == everything:
            data = whole_buckets(of, span, now)
        else:
            data = part_buckets(of, parts, span, now)
        rows.append((tuple(zip(names, values, strict=True)), _within_life(resource, data, span)))
    return rows


def _within_life(resource: Resource, data: list[Datum | None], span: Span) -> list[Datum | None]:
    """Nothing is reported of a bucket that began before the resource existed."""
    created = resource.created
    if created is None or created <= span.first * 60:
        return data
    return [
        None if (span.first + index * span.step) * 60 < created else one for index, one in enumerate(data)
    ]


def rank(of: Series, row: Row, order: tuple[str, bool]) -> float:
    """What a series is ordered by: its figure over the whole range."""
    joined = join(one for one in row[1] if one is not None)
    if joined is None:
        return 0.0
    return figure(of, joined, order[0] or "total")


def cut(of: Series, rows: list[Row], asked: Asked) -> list[Row]:
    """The series that `top` leaves, in order. What is cut leaves no sign, as in Azure."""
    if not asked.filters:
        return rows
    ordered = sorted(rows, key=lambda row: rank(of, row, asked.order), reverse=asked.order[1])
    return ordered[: asked.top]


def check_size(series_count: int, points: int, most_series: int) -> None:
    """Refuse a query with more series than Azure computes."""
    if series_count > most_series:
        raise BadQuery(
            f"Cannot request more than {most_series} time series per query.", "QueryThrottledException"
        )
    if series_count * points > MOST_POINTS:
        raise BadQuery("The query asks for more data points than can be returned; use a larger interval.")


def points(
    of: Series, data: list[Datum | None], times: Sequence[str], aggregations: Sequence[str]
) -> list[Any]:
    """The `data` of a series. A bucket without a datum is its time alone: no key, no null, no 0."""
    found: list[Any] = []
    if len(aggregations) == 1:
        name = aggregations[0]
        for time, one in zip(times, data, strict=True):
            found.append(
                {"timeStamp": time} if one is None else {"timeStamp": time, name: figure(of, one, name)}
            )
        return found
    for time, one in zip(times, data, strict=True):
        point: dict[str, Any] = {"timeStamp": time}
        if one is not None:
            for name in aggregations:
                point[name] = figure(of, one, name)
        found.append(point)
    return found


def metadata(pairs: Sequence[tuple[str, str]]) -> list[Any]:
    """The `metadatavalues` of a series; names come back in lower case."""
    return [
        {
            "name": {"value": _spelling(name), "localizedValue": _spelling(name)},
            "value": value,
        }
        for name, value in pairs
    ]


def _spelling(name: str) -> str:
    return "Microsoft.ResourceId" if name == RESOURCE_ID else name
