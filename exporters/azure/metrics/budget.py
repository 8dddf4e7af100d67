"""At most so many series: per resource, per metric and in all, kept by a declared order. Pure.

Values of different metrics cannot be compared, so series are ordered within one metric of one resource (or
of all resources), and metrics take turns: first the best series of each, then the second best. All
aggregations of one combination of labels stay or go together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

from estate.model import AzureBudget
from exporters.azure.discovery.naming import MetricName
from exporters.exposition.metrics import Labels, Sample

Limit = Literal["per_resource", "per_metric", "total"]


@dataclass(frozen=True, slots=True)
class Named:
    """One metric with one aggregation, as it is exposed. `owner` is type, metric and aggregation; `first`
    says that the row names this aggregation first.
    """

    name: MetricName
    help: str
    owner: tuple[str, str, str]
    first: bool = True


Exposed = tuple[Named, Sample]


class Line(NamedTuple):
    """All aggregations of one combination of labels of one metric (type and name)."""

    metric: tuple[str, str]
    labels: Labels
    value: float
    samples: tuple[Exposed, ...]


# What was left out, by limit, type and metric.
Dropped = Counter[tuple[Limit, str, str]]


def within(resources: Iterable[Sequence[Exposed]], budget: AzureBudget) -> tuple[list[Exposed], Dropped]:
    """The series that may be published, and how many may not. `resources` holds all series of one each."""
    dropped: Dropped = Counter()
    every = list(resources)
    kept: list[Exposed] = []
    for samples in every:
        if len(samples) > budget.per_resource:
            kept.extend(_trimmed(_lines(samples), budget.per_resource, "per_resource", budget, dropped))
        else:
            kept.extend(samples)
    names = Counter((*named.owner[:2], named.name.name) for named, _ in kept)
    over = {(type, metric) for (type, metric, _), series in names.items() if series > budget.per_metric}
    if over:
        rest = [each for each in kept if each[0].owner[:2] not in over]
        for metric in sorted(over):
            lines = _lines([each for each in kept if each[0].owner[:2] == metric])
            ordered = _ordered(lines, budget)
            rest.extend(each for line in ordered[: budget.per_metric] for each in line.samples)
            _count(ordered[budget.per_metric :], "per_metric", dropped)
        kept = rest
    if len(kept) > budget.total:
        kept = list(_trimmed(_lines(kept), budget.total, "total", budget, dropped))
    return kept, dropped


def _trimmed(
    lines: list[Line], most: int, limit: Limit, budget: AzureBudget, dropped: Dropped
) -> Iterator[Exposed]:
    left = most
    turns = list(_turns(lines, budget))
    for place, line in enumerate(turns):
        if len(line.samples) > left:
            _count(turns[place:], limit, dropped)
            return
        left -= len(line.samples)
        yield from line.samples


def _count(lines: Iterable[Line], limit: Limit, dropped: Dropped) -> None:
    for line in lines:
        dropped[limit, *line.metric] += len(line.samples)


def _turns(lines: list[Line], budget: AzureBudget) -> Iterator[Line]:
    """The best line of each metric, then the second best of each, and so on."""
    by_metric: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        by_metric.setdefault(line.metric, []).append(line)
    ordered = [_ordered(by_metric[metric], budget) for metric in sorted(by_metric)]
    for turn in range(max(map(len, ordered), default=0)):
        yield from (each[turn] for each in ordered if turn < len(each))


def _ordered(lines: list[Line], budget: AzureBudget) -> list[Line]:
    if budget.order == "labels":
        return sorted(lines, key=lambda line: line.labels.text)
    return sorted(lines, key=lambda line: (-line.value, line.labels.text))


def _lines(samples: Iterable[Exposed]) -> list[Line]:
    found: dict[tuple[tuple[str, str], str], list[Exposed]] = {}
    for named, sample in samples:
        found.setdefault((named.owner[:2], sample.labels.text), []).append((named, sample))
    return [
        Line(
            metric,
            each[0][1].labels,
            # Without a value of the first aggregation it comes last.
            next((sample.value for named, sample in each if named.first), -inf),
            tuple(each),
        )
        for (metric, _), each in found.items()
    ]
