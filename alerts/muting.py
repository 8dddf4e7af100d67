"""Maintenance that comes back every week: the routes on which Alertmanager holds back what it is about.

Alertmanager mutes by route, and an alert is of one route alone: what several windows hold back needs a route
with all of them, before those of each.

Contract: https://prometheus.io/docs/alerting/latest/configuration/#route (mute_time_intervals)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from estate.model import AlertRoute, Alerts, WeeklyMaintenance
from estate.model.maintenance import LABELS, Reach, meeting, meetings, reach


@dataclass(frozen=True, slots=True)
class Muted:
    """Alerts with these labels, and the windows that hold them back."""

    labels: Mapping[str, tuple[str, ...]]
    windows: tuple[str, ...]


def weekly(alerts: Alerts) -> dict[str, WeeklyMaintenance]:
    """The windows that come back, by name."""
    return {name: row for name, row in alerts.maintenance.items() if isinstance(row, WeeklyMaintenance)}


def muted(alerts: Alerts, route: AlertRoute | None = None) -> Iterator[Muted]:
    """What windows hold back of what a route takes, or of all; the narrower ones first."""
    windows = {name: reach(row) for name, row in weekly(alerts).items()}
    taken = (route.clusters, route.teams, route.alerts) if route is not None else ((), (), ())
    takes: Reach = tuple(frozenset(values) if values else None for values in taken)
    for one in meetings([*windows.values()]):
        if meeting(one, takes) is not None:
            labels = {
                label: tuple(sorted(values))
                for label, values in zip(LABELS, one, strict=True)
                if values is not None
            }
            yield Muted(labels, tuple(name for name, each in windows.items() if meeting(one, each) == one))
