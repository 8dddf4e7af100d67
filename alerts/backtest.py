"""When an alert would have fired: its expression over time, with `for` and `keep_firing_for` put on it as
Prometheus does at each evaluation. Pure.

Contract: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.routing import GROUP_BY

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Firing:
    """From when to when, in Unix seconds: the first evaluation at which it fires, the first at which it does
    no more. `ended` is false where it still fires at the end of what was looked at.
    """

    labels: Labels
    begin: float
    end: float
    ended: bool

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.begin


def firings(
    labels: Labels, times: Sequence[float], step: float, last: float, waits: float = 0, keeps: float = 0
) -> Iterator[Firing]:
    """Of one series of an expression that is true at these times, in order, when it is evaluated every `step`
    seconds until `last`.
    """
    begin: float | None = None
    since = before = 0.0
    for time in times:
        if begin is not None and time - before > step * 1.5 + keeps:
            yield Firing(labels, begin, before + step + keeps, True)
            begin = None
        # While it is kept firing, a gap is none for the alert, and ends what waits.
        if before == 0 or time - before > step * 1.5:
            since = time
        if begin is None and time - since >= waits:
            begin = time
        before = time
    if begin is not None:
        ended = before + step + keeps <= last
        yield Firing(labels, begin, before + step + keeps if ended else last, ended)


def pages(found: Iterable[Firing]) -> int:
    """Notifications that begin, of one alert: firings of one group at the same time are one."""
    groups: dict[tuple[str, ...], list[Firing]] = {}
    for each in found:
        groups.setdefault(tuple(each.labels.get(name, "") for name in GROUP_BY), []).append(each)
    count = 0
    for rows in groups.values():
        until = float("-inf")
        for each in sorted(rows, key=lambda row: row.begin):
            count += each.begin > until
            until = max(until, each.end)
    return count
