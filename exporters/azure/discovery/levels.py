"""Which totals are levels: how much there is of something, or a rate or share, not how often something
happened.

The table is `levels.yaml` beside this file, with the source of each row; docs/exporters/azure-levels.md
shows it. Beside it a rule: where a metric's own primary aggregation adds up rates or percentages, the sum
counts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import yaml

# In lower case; sums of these are no number of anything.
RATES = frozenset({"percent", "countpersecond", "bytespersecond", "bitspersecond"})
# https://learn.microsoft.com/azure/azure-monitor/metrics/metrics-aggregation-explained
COUNTED = frozenset({"Total", "Count"})


@dataclass(frozen=True, slots=True)
class Levels:
    """The metrics of a type that are levels, each with what it measures; `source` is Azure's page, `as_of`
    the date of what was read there.
    """

    type: str
    source: str
    as_of: str
    metrics: Mapping[str, str]


@cache
def table() -> tuple[Levels, ...]:
    """All rows, by type."""
    text = files(__package__).joinpath("levels.yaml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(yaml.safe_load(text), list[Levels]))


@cache
def _known() -> frozenset[tuple[str, str]]:
    return frozenset((row.type.lower(), name.lower()) for row in table() for name in row.metrics)


def is_level(type: str, metric: str) -> bool:
    """Whether the table has a metric; case does not matter."""
    return (type.lower(), metric.lower()) in _known()


def gauges(type: str, metric: str, unit: str, primary: str) -> frozenset[str]:
    """The aggregations of a metric that would be counters and are gauges: of a level Total, and where what
    is added up first of all is a rate or a percentage, too. `primary` is what Azure shows first.
    """
    level = is_level(type, metric) or (primary == "Total" and unit.lower() in RATES)
    return frozenset({"Total"}) if level else frozenset()
