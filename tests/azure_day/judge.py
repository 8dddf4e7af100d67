"""Holds every exposition against what the simulator knows to be true.

Needs samples with the time of their points (`timestamps: point`), so that it is known of which bucket each
speaks. A gauge is the final value of its bucket. Between two expositions a counter grows by the final totals
of the buckets that it passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isclose
from typing import Any

from estate.series_labels import dimension_label
from exporters.azure.discovery.naming import metric_name
from exporters.configuration.grains import GRAIN_SECONDS
from simulators.azure.catalogue import Metric
from simulators.azure.inventory import Resource
from simulators.azure.truth import value
from simulators.azure.world import World

# A deleted resource is gone within five minutes and a cycle.
GONE_SECONDS = 360.0
# A new one is there within five minutes, once its first points are final.
FOUND_SECONDS = 360.0
# How far back a counter may have begun before it is first seen.
_FIRST_BUCKETS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a series is about."""

    resource: Resource
    metric: Metric
    aggregation: str
    step: int
    divisor: float
    counts: bool


@dataclass(slots=True)
class _Line:
    """A series: what it is about, its dimension values, and where its counter stood."""

    told: Told
    values: tuple[tuple[str, str], ...]
    at: int = 0
    total: float = 0.0


@dataclass(slots=True)
class Verdict:
    """How many samples were judged, and the first few complaints of each kind. `ages` are the greatest ages
    of points in the last exposition by type and grain (seconds), `newest` how many samples had which age.
    """

    judged: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    ages: dict[tuple[str, str], int] = field(default_factory=dict)
    newest: dict[tuple[str, str], Counter[int]] = field(default_factory=dict)

    def complain(self, kind: str, text: str) -> None:
        """Count something that is not as it should be."""
        self.found[kind] += 1
        self.examples.setdefault(kind, []).append(text)
        del self.examples[kind][5:]


class Judge:
    """Judges the expositions of an exporter of `rows`, one after the other."""

    def __init__(self, world: World, rows: Sequence[dict[str, Any]]) -> None:
        self.verdict = Verdict()
        self._world = world
        self._known: dict[tuple[str, str, str, str], Told] = {}
        self._lines: dict[str, _Line] = {}
        for resource in world.inventory.resources.values():
            for row in rows:
                if row["type"].lower() == resource.type.key:
                    self._tell(resource, row)

    def _tell(self, resource: Resource, row: dict[str, Any]) -> None:
        for name in row["names"]:
            metric = resource.type.metrics[name.lower()]
            for aggregation in row["aggregations"]:
                named = metric_name(resource.type.name, metric.name, aggregation, metric.unit)
                place = (resource.subscription.name, resource.resource_group.lower(), resource.name.lower())
                step = GRAIN_SECONDS[row.get("interval", "PT1M")]
                counts = aggregation in ("Total", "Count")
                self._known[named.name, *place] = Told(
                    resource, metric, aggregation.lower(), step, named.divisor, counts
                )

    def hear(self, text: str, now: float, *, quiet: bool) -> None:
        """Judge an exposition. `quiet`: Azure has answered everything for long enough that nothing may be
        missing.
        """
        present: set[int] = set()
        self.verdict.ages.clear()
        self.verdict.newest = {}
        for line in text.splitlines():
            if line[0] == "#":
                continue
            series, shown, stamp = _parts(line)
            if series.startswith("azure_resource_info"):
                self._info(series, now)
                continue
            if stamp is None:
                self.verdict.complain("untimed", line)
                continue
            of = self._lines.get(series) or self._line(series)
            if of is None:
                self.verdict.complain("unknown", line)
                continue
            present.add(id(of.told))
            self._sample(of, shown, stamp, now, line)
        if quiet:
            self._missing(present, now)

    def _sample(self, of: _Line, shown: float, end: int, now: float, line: str) -> None:
        verdict, told = self.verdict, of.told
        gone = told.resource.deleted
        if gone is not None and now > gone + GONE_SECONDS:
            verdict.complain("gone", line)
        if end > now or end % told.step:
            verdict.complain("future" if end > now else "grid", line)
            return
        place = (told.resource.type.key, f"{told.step}")
        verdict.ages[place] = max(int(now - end), verdict.ages.get(place, 0))
        verdict.newest.setdefault(place, Counter())[int(now - end)] += 1
        if told.counts:
            self._counter(of, shown, end, line)
            return
        verdict.judged["gauge"] += 1
        true = _true(told, of.values, end - told.step)
        if true is None:
            verdict.complain("made-up zero" if shown == 0 else "made up", line)
        elif not isclose(true / told.divisor, shown, rel_tol=1e-12):
            verdict.complain("wrong gauge", f"{line} is {true / told.divisor} at {now - end:.0f} s")

    def _counter(self, of: _Line, shown: float, end: int, line: str) -> None:
        verdict, told = self.verdict, of.told
        verdict.judged["counter"] += 1
        if not of.at:
            # It begins with the newest settled bucket: some sum of the last ones, all of them true.
            total, start = 0.0, end
            for _ in range(_FIRST_BUCKETS):
                start -= told.step
                total += _true(told, of.values, start) or 0.0
                if isclose(total / told.divisor, shown, rel_tol=1e-9, abs_tol=1e-12):
                    break
            else:
                verdict.complain("wrong beginning", line)
        else:
            grown = sum(
                _true(told, of.values, start) or 0.0
                for start in range(min(of.at, end), max(of.at, end), told.step)
            )
            expected = of.total + (grown if end > of.at else -grown) / told.divisor
            if shown < of.total:
                verdict.complain("fell", f"{line} from {of.total}")
            elif not isclose(expected, shown, rel_tol=1e-9):
                verdict.complain("wrong counter", f"{line} should be {expected} (was {of.total} at {of.at})")
        of.at, of.total = end, shown

    def _info(self, series: str, now: float) -> None:
        labels = _labels(series)
        resource = self._world.inventory.resources.get("/" + labels["resource_id"].strip("/"))
        if resource is None:
            self.verdict.complain("unknown", series)
        elif resource.deleted is not None and now > resource.deleted + GONE_SECONDS:
            self.verdict.complain("gone", series)

    def _line(self, series: str) -> _Line | None:
        labels = _labels(series)
        name = series.partition("{")[0]
        told = self._known.get(
            (name, labels["subscription"], labels["resource_group"], labels["resource_name"])
        )
        if told is None:
            return None
        spelling = {dimension_label(each): each for each in told.metric.dimensions}
        values = tuple((spelling[label], text) for label, text in labels.items() if label in spelling)
        line = self._lines[series] = _Line(told, values)
        return line

    def _missing(self, present: set[int], now: float) -> None:
        """What is true and final, and not there."""
        for told in self._known.values():
            resource = told.resource
            if not resource.lives(now):
                continue
            if resource.created is not None and now < resource.created + FOUND_SECONDS + 900 + told.step:
                continue
            self.verdict.judged["presence"] += 1
            if id(told) in present:
                continue
            last = int((now - 900) // told.step) * told.step - told.step
            if any(_true(told, (), start) is not None for start in range(last - 120, last + 1, told.step)):
                self.verdict.complain("missing", f"{resource.id} {told.metric.name} {told.aggregation}")


def _parts(line: str) -> tuple[str, float, int | None]:
    series, _, rest = line.rpartition("} ")
    value, _, stamp = rest.partition(" ")
    return series + "}", float(value), int(stamp) // 1000 if stamp else None


def _labels(series: str) -> dict[str, str]:
    """Labels of a series; the fleets of these tests have no quotes in their names."""
    inner = series.partition("{")[2].rstrip("}")
    return dict(part.rstrip('"').split('="') for part in inner.split('",'))


@lru_cache(maxsize=400_000)
def _true(told: Told, values: tuple[tuple[str, str], ...], start: int) -> float | None:
    created = told.resource.created
    if created is not None and start < created:
        return None
    series = told.resource.series(told.metric)
    return value(series, told.aggregation, start // 60, told.step // 60, dict(values) or None)
