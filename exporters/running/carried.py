"""Counters that go on although what counts them was replaced. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from exporters.exposition.metrics import Family, Sample


def continued(now: Iterable[Family], before: Iterable[Family]) -> list[Family]:
    """Families with the last values of those before added to their counters; what a counter counted before
    and not since stays. Gauges are of now alone.
    """
    counted = {family.name: family for family in before if family.type == "counter"}
    out = []
    for family in now:
        old = counted.pop(family.name, None)
        out.append(family if old is None or family.type != "counter" else _sum(family, old))
    return [*out, *counted.values()]


def _sum(now: Family, before: Family) -> Family:
    values = {sample.labels: sample.value for sample in before.samples}
    samples = [
        Sample(sample.labels, sample.value + values.pop(sample.labels, 0.0), sample.timestamp)
        for sample in now.samples
    ]
    samples += [Sample(labels, value) for labels, value in values.items()]
    return replace(now, samples=tuple(samples))
