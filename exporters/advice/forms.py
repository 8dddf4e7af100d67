"""In which form metrics are read that one would not expect from their aggregation: said by plan and check."""

from __future__ import annotations

from collections.abc import Iterable

from exporters.azure.discovery.levels import COUNTED
from exporters.azure.discovery.variants import EVERYWHERE
from exporters.azure.discovery.wanted import Wanted


def forms(every: Iterable[Wanted]) -> list[str]:
    """A sentence for each type whose totals become gauges without being told to, and for each of which some
    kinds and SKUs lack a metric. Pure.
    """
    listed = list(every)
    gauges: dict[str, dict[str, None]] = {}
    added: dict[str, dict[str, None]] = {}
    partly: dict[str, dict[str, None]] = {}
    for each in listed:
        name = each.definition.name
        # `as: gauge` says it of Count too.
        if each.gauges and each.gauges != COUNTED and each.gauges & set(each.aggregations):
            gauges.setdefault(each.type, {})[name] = None
            if each.definition.grains and each.interval != each.definition.grains[0]:
                added.setdefault(each.type, {})[f"{name} at {each.interval}"] = None
        if each.where != EVERYWHERE:
            partly.setdefault(each.type, {})[name] = None
    return [
        *(
            f"{type}: gauges by the table of levels: {', '.join(names)}; `as: counter` counts them."
            for type, names in sorted(gauges.items())
        ),
        *(
            f"{type}: several measurements of a level are added up: {', '.join(names)}; "
            "its shortest interval has one."
            for type, names in sorted(added.items())
        ),
        *(
            f"{type}: not of all kinds and SKUs, and read where it is: {', '.join(names)}."
            for type, names in sorted(partly.items())
        ),
    ]
