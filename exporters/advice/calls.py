"""How often and how much an exporter calls Azure: the groups and calls of `exporters/azure/metrics/plan.py`,
over a day. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from estate.model import AzureExporter, AzureMetric
from estate.quantities import seconds
from exporters.advice.bill import DAYS_PER_MONTH, Price
from exporters.azure.discovery.definitions import Definition
from exporters.azure.discovery.levels import is_level
from exporters.azure.discovery.resources import Resource, resource
from exporters.azure.discovery.selection import ALL, selection
from exporters.azure.discovery.wanted import Wanted
from exporters.azure.metrics.plan import Group, groups

DAY_SECONDS = 86_400
# What the collector does: long grains are looked at this often for late points (`LOOK_AGAIN_SECONDS` there).
LOOK_AGAIN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One group: what one reading of it takes, and how often a day it is read. `series` is what is sure;
    `split` says that dimensions make more of it, as many as Azure has values.
    """

    exporter: str
    subscription: str
    region: str
    type: str
    interval: str
    resources: int
    metrics: int
    calls: int
    readings_per_day: float
    series: int
    split: bool

    @property
    def calls_per_day(self) -> float:
        """Calls of all readings of a day."""
        return self.calls * self.readings_per_day

    def document(self) -> dict[str, Any]:
        """This line as JSON."""
        names = ("exporter", "subscription", "region", "type", "interval", "resources", "metrics", "calls")
        return {
            **{name: getattr(self, name) for name in names},
            "readings_per_day": round(self.readings_per_day, 1),
            "calls_per_day": round(self.calls_per_day),
            "series_at_least": self.series,
            "split_by_dimensions": self.split,
        }


def lines(
    exporter: str, row: AzureExporter, found: Iterable[Group], name: Callable[[str], str] = str
) -> list[Line]:
    """The groups of an exporter row; `name` gives the name of a subscription id."""
    return [
        Line(
            exporter,
            name(group.key.subscription),
            group.key.region,
            group.key.type,
            group.key.interval,
            len(group.resources),
            len(group.metrics),
            group.calls,
            readings_per_day(group.key.step, seconds(row.interval)),
            len(group.resources) * len(group.metrics) * len(group.key.aggregations),
            bool(group.key.dimensions),
        )
        for group in found
    ]


def readings_per_day(step: int, interval: int) -> float:
    """How often a day a group is read: for every new bucket of `step` seconds, but at most once a cycle of
    `interval` seconds; buckets of more than five minutes are looked at every five minutes as well, for late
    points.
    """
    if step <= LOOK_AGAIN_SECONDS:
        return DAY_SECONDS / _cycles(step, interval)
    return DAY_SECONDS / _cycles(LOOK_AGAIN_SECONDS, interval) + DAY_SECONDS / _cycles(step, interval)


def _cycles(period: int, interval: int) -> int:
    """The first whole number of cycles that is no shorter than a period, in seconds."""
    return ceil(period / interval) * interval


@dataclass(frozen=True, slots=True)
class Bill:
    """The calls of a subscription, and what they cost in US dollars."""

    subscription: str
    calls_per_day: float
    month: float

    @property
    def calls_per_month(self) -> float:
        """In a month of 730 hours."""
        return self.calls_per_day * DAYS_PER_MONTH


def bills(all_lines: Sequence[Line], price: Price) -> list[Bill]:
    """One bill per subscription, all exporters together."""
    calls: dict[str, float] = {}
    for line in all_lines:
        calls[line.subscription] = calls.get(line.subscription, 0.0) + line.calls_per_day
    return [Bill(name, day, price.month(day * DAYS_PER_MONTH)) for name, day in sorted(calls.items())]


# (type in lower case, region) -> how many in each subscription
Counts = Mapping[tuple[str, str], int]


def imagined(row: AzureExporter, subscriptions: Iterable[str], counts: Counts) -> list[Group]:
    """The groups of a row over resources that are only counted, in each of the subscriptions (ids).

    Definitions are not asked for, so every metric is taken to be there, and metrics without an aggregation to
    have the same primary one: fewer calls than these are not possible, a few more are. Entries that narrow
    their resources are taken to leave out none.
    """
    resources = [
        one
        for subscription in subscriptions
        for (type, region), count in counts.items()
        for number in range(count)
        if (one := _resource(subscription, type, region, number)) is not None
    ]
    common: list[Wanted] = []
    # Entries may spell a metric in different cases: it is one.
    spelt: dict[str, str] = {}
    found: list[Group] = []
    for metric in row.metrics:
        wanted = [
            Wanted(
                metric.type.lower(),
                _definition(spelt.setdefault(name.lower(), name)),
                tuple(sorted(set(metric.aggregations))) or ("Primary",),
                metric.interval,
                tuple(dict.fromkeys(each.lower() for each in metric.dimensions)),
                gauges=_gauges(metric, name),
            )
            for name in metric.names
        ]
        if selection(metric.select, metric.exclude) == ALL:
            common += wanted
        else:
            found += groups(resources, wanted)
    return [*groups(resources, common), *found]


def _gauges(metric: AzureMetric, name: str) -> frozenset[str]:
    if metric.as_ is not None or not is_level(metric.type, name):
        return frozenset()
    return frozenset({"Total"} if metric.aggregations else {"Primary"})


def _resource(subscription: str, type: str, region: str, number: int) -> Resource | None:
    provider, *kinds = type.split("/")
    names = "/".join(f"{kind}/r{number}" for kind in kinds)
    return resource(f"/subscriptions/{subscription}/resourceGroups/rg/providers/{provider}/{names}", region)


def _definition(name: str) -> Definition:
    return Definition(name, "", "", "", frozenset(), (), {}, False)
