"""What of the configuration is read: each entry held against what the types have, variant by variant. Pure.

What a type does not have is left out of every call and said, and nothing more than that: an aggregation or an
interval that a metric lacks does not take the metric away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from estate.model import AzureMetric, Grain
from estate.suggest import offer
from estate.tree import Path
from exporters.azure.discovery.definitions import AGGREGATIONS, Definition, Variants
from exporters.azure.discovery.levels import COUNTED, gauges
from exporters.azure.discovery.resources import Resource, Variant
from exporters.azure.discovery.selection import ALL, Selection, selection
from exporters.azure.discovery.variants import EVERYWHERE, Where

Code = Literal["metric", "aggregation", "interval", "dimension"]
_GRAINS: tuple[str, ...] = get_args(Grain)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One metric to read: `definition` of `type`, with these aggregations, split by these dimensions."""

    type: str
    definition: Definition
    aggregations: tuple[str, ...]
    interval: str
    dimensions: tuple[str, ...]
    # The aggregation that the row names first, and the resources that it is narrowed to.
    first: str = ""
    only: Selection = ALL
    # Totals and counts that are no counters: each interval's value is a gauge.
    gauges: frozenset[str] = frozenset()
    # The variants of the type that have it in this form.
    where: Where = EVERYWHERE

    def counts(self, aggregation: str) -> bool:
        """Whether an aggregation of it is a counter."""
        return aggregation in COUNTED and aggregation not in self.gauges

    def takes(self, resource: Resource) -> bool:
        """Whether it is read of a resource of its type."""
        return self.where.takes(resource) and self.only.takes(resource)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something configured that the type does not have; it is left out of every call, an interval replaced.
    `path` is below the exporter's row; `fix` may be empty.
    """

    code: Code
    type: str
    metric: str
    message: str
    fix: str = ""
    path: Path = ()


def mismatches(
    rows: Iterable[AzureMetric], definitions: Mapping[str, Variants], prefix: Path = ()
) -> tuple[Mismatch, ...]:
    """What the rows ask for that the types do not have, before any data call. Pure.

    `definitions` is by lower-case type (`parse` and `fetch` give those of one variant); a type that is not in
    it is not judged. `prefix` is where the exporter's row stands, such as ("exporters", "azure-platform").
    """
    return tuple(replace(each, path=(*prefix, *each.path)) for each in wanted(rows, definitions)[1])


def wanted(
    rows: Iterable[AzureMetric], definitions: Mapping[str, Variants]
) -> tuple[list[Wanted], list[Mismatch]]:
    """What of the configuration can be read, and what cannot and why. Pure.

    `definitions` is by lower-case type; rows of a type that is not in it are left out without a word, for
    the caller knows why.
    """
    good: list[Wanted] = []
    bad: dict[Mismatch, None] = {}
    for index, row in enumerate(rows):
        variants = definitions.get(row.type.lower())
        if not variants:
            continue
        for place, name in enumerate(row.names):
            found, wrong = _metric(row, name, variants, index, place)
            good.extend(found)
            bad.update(dict.fromkeys(wrong))
    return good, list(bad)


def _metric(
    row: AzureMetric, name: str, variants: Variants, index: int, place: int
) -> tuple[list[Wanted], list[Mismatch]]:
    """One name of a row: in each form that the variants which have it allow."""
    having = {
        variant: of_variant[name.lower()]
        for variant, of_variant in sorted(variants.items())
        if name.lower() in of_variant
    }
    if not having:
        known = {one.name: None for _, of in sorted(variants.items()) for one in of.values()}
        message = f"{row.type} has no metric {name!r}"
        fix = offer(name, list(known), "see the type's page in Azure's list of supported metrics")
        return [], [Mismatch("metric", row.type, name, message, fix, ("metrics", index, "names", place))]
    forms: list[tuple[Wanted, list[Variant]]] = []
    bad: list[Mismatch] = []
    for variant, definition in having.items():
        one, wrong = _fitted(row, definition, index, place)
        bad += wrong
        if one is None:
            continue
        alike = next((of for form, of in forms if _shape(form) == _shape(one)), None)
        if alike is None:
            forms.append((one, [variant]))
        else:
            alike.append(variant)
    return _placed(forms, frozenset(variants)), bad


def _shape(one: Wanted) -> tuple[object, ...]:
    """What decides how a metric is asked for and called."""
    return (one.definition.unit, one.aggregations, one.interval, one.dimensions, one.gauges, one.first)


def _placed(forms: list[tuple[Wanted, list[Variant]]], known: frozenset[Variant]) -> list[Wanted]:
    """Each form where it holds. A variant that is not known is read in the form that most have."""
    forms = sorted(forms, key=lambda each: -len(each[1]))
    return [
        replace(one, where=Where(frozenset(of), others=False) if place else Where(known - frozenset(of)))
        for place, (one, of) in enumerate(forms)
    ]


def _fitted(
    row: AzureMetric, definition: Definition, index: int, place: int
) -> tuple[Wanted | None, list[Mismatch]]:
    """A metric as a row asks for it and a definition allows it, and what was left out; None where nothing is
    left.
    """
    found: list[Mismatch] = []
    called = f"{definition.name!r} of {row.type}"

    def say(code: Code, wrong: str, fix: str, *path: str | int) -> None:
        message = f"{called} {wrong}"
        found.append(Mismatch(code, row.type, definition.name, message, fix, ("metrics", index, *path)))

    legal = [each for each in AGGREGATIONS if each in definition.aggregations] or list(AGGREGATIONS)
    asked = tuple(dict.fromkeys(row.aggregations)) or (definition.primary,)
    kept = tuple(each for each in asked if each in legal or not row.aggregations)
    for number, aggregation in enumerate(row.aggregations):
        if aggregation not in legal:
            rest = f"remove it: {' and '.join(kept)} is read" if kept else ""
            fix = rest or offer(aggregation, legal, "remove the aggregation")
            say("aggregation", f"has no aggregation {aggregation!r}", fix, "aggregations", number)
    interval = _interval(row.interval, definition.grains)
    if interval != row.interval:
        wrong = f"has no interval {row.interval!r}: {interval} is read in its place"
        say("interval", wrong, f"write {interval}", "interval")
    dimensions = {each.lower(): definition.dimensions.get(each.lower()) for each in row.dimensions}
    for number, dimension in enumerate(row.dimensions):
        if dimensions[dimension.lower()] is None:
            fix = offer(dimension, sorted(definition.dimensions.values()), "remove the dimension")
            say("dimension", f"has no dimension {dimension!r}", fix, "dimensions", number)
    if definition.dimension_required and not row.dimensions:
        allowed = ", ".join(sorted(definition.dimensions.values()))
        say("dimension", "gives nothing without a dimension", f"split it by one of {allowed}", "names", place)
    split = tuple(each for each in dimensions.values() if each is not None)
    if not kept or len(split) < len(dimensions) or (definition.dimension_required and not split):
        return None, found
    return (
        Wanted(
            row.type.lower(),
            definition,
            tuple(sorted(kept)),
            interval,
            split,
            kept[0],
            selection(row.select, row.exclude),
            _gauges(row, definition),
        ),
        found,
    )


def _interval(asked: str, grains: Sequence[str]) -> str:
    """The interval to read at: the one asked for, else the next longer one that there is, which says the
    same less often, else the longest.
    """
    there = sorted((each for each in grains if each in _GRAINS), key=_GRAINS.index)
    if not there or asked in there:
        return asked
    longer = [each for each in there if _GRAINS.index(each) > _GRAINS.index(asked)]
    return longer[0] if longer else there[-1]


def _gauges(row: AzureMetric, definition: Definition) -> frozenset[str]:
    if row.as_ is not None:
        return COUNTED if row.as_ == "gauge" else frozenset()
    return gauges(row.type, definition.name, definition.unit, definition.primary)
