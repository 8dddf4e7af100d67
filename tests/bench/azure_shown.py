"""What an exporter of ours shows, back in the words of Azure: from its exposition to points."""

from __future__ import annotations

import re

from exporters.azure.discovery.naming import metric_name
from tests.bench.azure_truth import Truth
from tests.processes.azure_fleet import HALVES, METRICS, SUBSCRIPTION, TYPE

_LINE = re.compile(r"^(azure_\w+)\{([^}]*)\} (\S+) (\d+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')
Place = tuple[str, str, str]


def points(text: str, units: dict[str, str]) -> dict[Place, tuple[int, float, float]]:
    """Resource, metric and aggregation (lower case) to the minute in which the sample ends (Unix time / 60),
    its value, and what Azure's values were divided by. `units` is by metric.
    """
    names = {}
    for metric in METRICS:
        for kind in HALVES.values():
            made = metric_name(TYPE, metric, kind, units[metric])
            names[made.name] = (metric.lower(), kind.lower(), made.divisor)
    found = {}
    for name, labels, value, stamp in _LINE.findall(text):
        if name in names:
            of = dict(_LABEL.findall(labels))
            metric, kind, divisor = names[name]
            id = (
                f"/subscriptions/{SUBSCRIPTION}/resourcegroups/{of['resource_group']}"
                f"/providers/{TYPE.lower()}/{of['resource_name']}"
            )
            found[id, metric, kind] = (int(stamp) // 60_000, float(value), divisor)
    return found


def wrong(
    before: dict[Place, tuple[int, float, float]], after: dict[Place, tuple[int, float, float]], truth: Truth
) -> int:
    """How many samples are not true: of gauges the last values, of counters what they grew by in between."""
    count = 0
    for place, (minute, value, divisor) in after.items():
        if place[2] == "total":
            since, then, _ = before[place]
            grown = truth.value(*place, since, minute - since) or 0.0 if minute > since else 0.0
            count += abs(value - then - grown / divisor) > 1e-6 * max(1.0, value)
        else:
            true = truth.value(*place, minute - 1)
            count += true is None or true / divisor != value
    return count
