"""What a metrics query asks for, read from its parameters, and the texts with which Azure refuses a bad
one.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from simulators.azure.catalogue import Metric, ResourceType
from simulators.azure.intervals import GRAINS, duration, instant

RESOURCE_ID = "microsoft.resourceid"
AGGREGATIONS = ("total", "average", "minimum", "maximum", "count")
MOST_METRICS = 20
MOST_TOP = 2_147_483_647
# Protects the simulator, not one of Azure's figures: a reply of this size is hundreds of megabytes.
MOST_POINTS = 5_000_000

_CONDITION = re.compile(r"\s*([A-Za-z0-9_./\- ]+?)\s+eq\s+'((?:[^']|'')*)'\s*", re.IGNORECASE)
_JOIN = re.compile(r"(and|or)\b", re.IGNORECASE)


class BadQuery(Exception):
    """A query that Azure refuses with 400; `code` and `message` are those of its document."""

    def __init__(self, message: str, code: str = "BadRequest") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Span(NamedTuple):
    """A time range in epoch seconds and its buckets: `length` buckets of `step` minutes from minute `first`
    on.
    """

    start: int
    end: int
    first: int
    step: int
    length: int

    @property
    def interval(self) -> str:
        """The step as the reply spells it."""
        return duration(self.step)


@dataclass(frozen=True)
class Asked:
    """A metrics query, checked.

    `filters` maps a lower-case dimension to the lower-case values it may have, None = all of them (`*`).
    `split` are the dimensions that make series, in the order of the reply.
    """

    metrics: tuple[Metric, ...]
    aggregations: tuple[str, ...]
    filters: Mapping[str, frozenset[str] | None]
    split: tuple[str, ...]
    top: int
    order: tuple[str, bool]
    interval: str
    adjust: bool = False


def time_range(start: str, end: str, now: float) -> tuple[int, int]:
    """Epoch seconds of a start and an end; no end is now, neither is the last hour."""
    if end and not start:
        raise BadQuery("starttime is required when endtime is given.")
    try:
        until = instant(end) if end else now
        since = instant(start) if start else until - 3600
    except (ValueError, OverflowError):
        raise BadQuery(
            f"Invalid time range: '{start}' to '{end}' is not a range of ISO 8601 times."
        ) from None
    if since >= until:
        raise BadQuery(f"The start time '{start}' must be earlier than the end time '{end}'.")
    return int(since), int(until)


def buckets(start: int, end: int, interval: str) -> Span:
    """The buckets of a range: they begin at its start, floored to the minute, not at the clock's round
    times.
    """
    first, last = start // 60, max(end // 60, start // 60 + 1)
    step = last - first if interval == "FULL" else GRAINS[interval]
    return Span(start, end, first, step, -(-(last - first) // step))


def read_interval(text: str) -> str:
    """The canonical spelling of an interval (`PT1M` when none is given)."""
    name = text.upper() or "PT1M"
    if name != "FULL" and name not in GRAINS:
        raise BadQuery(
            f"Detected invalid time grain input: {text}, supported ones are: {','.join(GRAINS)},FULL"
        )
    return name


def read_metrics(
    kind: ResourceType, text: str, there: Mapping[str, Metric] | None = None
) -> tuple[Metric, ...]:
    """The metrics a comma list names, of those of the type or of those that are `there`; the first of the
    type for none at resource scope is the caller's business.
    """
    known = kind.metrics if there is None else there
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > MOST_METRICS:
        raise BadQuery(f"Requested metrics count: {len(names)} bigger than allowed max: {MOST_METRICS}")
    found = []
    for name in names:
        metric = known.get(name.lower())
        if metric is None:
            valid = ",".join(one.name for one in known.values())
            raise BadQuery(
                f"Failed to find metric configuration for provider: {kind.provider}, "
                f"resource Type: {kind.short}, metric: {name}, Valid metrics: {valid}"
            )
        found.append(metric)
    return tuple(dict.fromkeys(found))


def read_aggregations(text: str) -> tuple[str, ...]:
    """Lower-case aggregations of a comma list, in the order of a reply's points; empty for none."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in AGGREGATIONS:
            raise BadQuery(
                f"Invalid aggregation type: {name}, supported ones are: Average,Minimum,Maximum,Total,Count"
            )
    return tuple(name for name in AGGREGATIONS if name in names)


def read_filter(text: str) -> dict[str, frozenset[str] | None]:
    """`A eq 'a1' and B eq 'b1' or B eq 'b2' and C eq '*'` as values by dimension; `or` joins one
    dimension's values.
    """
    filters: dict[str, frozenset[str] | None] = {}
    place, previous, joined = 0, "", "and"
    while place < len(text) or not filters:
        match = _CONDITION.match(text, place)
        if match is None:
            raise BadQuery(f"Invalid filter expression: '{text}' near position {place}.")
        name, wanted = match[1].lower(), match[2].replace("''", "'").lower()
        if joined == "or" and name != previous:
            raise BadQuery(
                f"Invalid filter expression: 'or' may join values of one dimension only: '{text}'."
            )
        if name in filters and joined == "and":
            raise BadQuery(f"Invalid filter expression: dimension '{match[1]}' is given twice: '{text}'.")
        known = filters.get(name, frozenset())
        filters[name] = None if wanted == "*" or known is None else known | {wanted}
        place, previous = match.end(), name
        if place == len(text):
            break
        link = _JOIN.match(text, place)
        if link is None:
            raise BadQuery(f"Invalid filter expression: '{text}' near position {place}.")
        joined, place = link[1].lower(), link.end()
    return filters


def read_top(text: str) -> int:
    """The number of series, 10 when not given."""
    if not text:
        return 10
    if not re.fullmatch(r"\d+", text) or not 0 < int(text) <= MOST_TOP:
        raise BadQuery(f"Detected invalid TopN value {text} should be Int value")
    return int(text)


def read_order(text: str, aggregations: tuple[str, ...]) -> tuple[str, bool]:
    """Aggregation to order by and whether the largest come first (`sum asc`, `total desc`)."""
    if not text:
        return (aggregations[0] if aggregations else "", True)
    match = re.fullmatch(
        r"\s*(sum|total|average|minimum|maximum|count)(?:\s+(asc|desc))?\s*", text, re.IGNORECASE
    )
    if match is None:
        raise BadQuery(f"Invalid orderby: '{text}'.")
    name = match[1].lower()
    return ("total" if name == "sum" else name, (match[2] or "asc").lower() == "desc")


def check_dimensions(
    metrics: tuple[Metric, ...], names: tuple[str, ...], also: frozenset[str] = frozenset()
) -> None:
    """Refuse a dimension that one of the metrics lacks, in the words of Azure."""
    for metric in metrics:
        if any(name not in metric.dimension_keys and name not in also for name in names):
            combination = ",".join(name for name in names if name not in also)
            raise BadQuery(
                f"Metric: {metric.name} does not support requested dimension combination: {combination}, "
                f"supported ones are: {','.join(metric.dimensions)}, TraceId: {{{uuid.uuid4().hex}}}"
            )


def check_split(metrics: tuple[Metric, ...], names: tuple[str, ...], needs: frozenset[str]) -> None:
    """Refuse a query by no dimension for a metric that needs one, in the words of Azure."""
    for metric in metrics:
        if not names and (metric.dimension_required or metric.key in needs):
            raise BadQuery(f"Metric: {metric.name} does not accept zero dimension case")


def check_grains(metrics: tuple[Metric, ...], interval: str) -> None:
    """Refuse an interval that is not one of a metric's grains."""
    for metric in metrics:
        if interval not in ("FULL", *metric.grains):
            raise BadQuery(
                f"Detected invalid time grain input: {interval}, "
                f"supported ones are: {','.join(metric.grains)}"
            )


def adjusted(metrics: tuple[Metric, ...], interval: str) -> str:
    """The smallest grain not below `interval` that all the metrics have (AutoAdjustTimegrain)."""
    if interval == "FULL":
        return interval
    for name, minutes in GRAINS.items():
        if minutes >= GRAINS[interval] and all(name in metric.grains for metric in metrics):
            return name
    raise BadQuery(
        f"Detected invalid time grain input: {interval}, supported ones are: {','.join(metrics[0].grains)}"
    )
