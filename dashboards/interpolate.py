"""What Grafana puts in the place of variables, so that a query can be parsed and run without Grafana.

Contract: grafana/grafana packages/grafana-prometheus/src/escaping.ts (values of a multi-value variable), and
pkg/promlib/models/query.go (the rate interval is the larger of interval + scrape interval and four scrape
intervals).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}/]")
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
        return max(self.interval + self.scrape, 4 * self.scrape)


def interpolated(expr: str, choice: Choice = Choice()) -> str:
    """The query as Grafana sends it. Raises ValueError when a variable is left that was not given."""
    values = {
        "$__rate_interval": f"{choice.rate_interval}s",
        "$__interval": f"{choice.interval}s",
        "$__range": f"{choice.range}s",
        "$cluster": _any_of(choice.clusters),
        **{f"${name}": _any_of(chosen) for name, chosen in choice.variables.items()},
    }
    for name, value in values.items():
        expr = expr.replace(name, value)
    left = _LEFT.search(_without_anchors(expr))
    if left:
        raise ValueError(f"{left[0]} is no variable of this dashboard")
    return expr


def _any_of(chosen: Sequence[str]) -> str:
    """All has a value of its own, put in as it is; chosen values are escaped for a regular expression in a
    string.
    """
    if not chosen:
        return ".+"
    escaped = [_SPECIAL.sub(lambda found: "\\\\" + found[0], name) for name in chosen]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _without_anchors(expr: str) -> str:
    """Replacement texts of `label_replace` hold `$1`, which is no variable."""
    return re.sub(r"\$\d+", "", expr)
