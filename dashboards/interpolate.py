"""Queries of our own dashboards as Grafana sends them, so that they can be parsed and run without Grafana."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboards.interpolation.filling import query
from dashboards.interpolation.formats import Value
from dashboards.interpolation.steps import Step, rate_interval

_LEFT = re.compile(r"\$\{?[A-Za-z_]\w*|\[\[")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose: clusters and values of the dashboard's other `variables` (none means All), and
    the times in seconds.
    """

    clusters: Sequence[str] = ()
    variables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scrape: int = 15
    interval: int = 15
    range: int = 3_600

    @property
    def rate_interval(self) -> int:
        """The window of `rate` in seconds."""
        return rate_interval(self.interval, self.scrape)


def interpolated(expr: str, choice: Choice = Choice()) -> str:
    """The query as Grafana sends it. Raises ValueError when a variable is left that was not given."""
    interval, length = choice.interval * 1_000, choice.range * 1_000
    step = Step(interval, interval, choice.rate_interval * 1_000, length)
    chosen = {"cluster": choice.clusters, **choice.variables}
    # All has a value of its own, put in as it is.
    values = {name: Value(tuple(one), many=True, raw=None if one else ".+") for name, one in chosen.items()}
    filled = query(expr, values, step, 0, length)
    # Replacement texts of `label_replace` hold `$1`, which is no variable.
    left = _LEFT.search(re.sub(r"\$\d+", "", filled))
    if left:
        raise ValueError(f"{left[0]} is no variable of this dashboard")
    return filled
