"""Who is told of an alert, and when: routes and hours as Alertmanager walks them.

Contract: https://prometheus.io/docs/alerting/latest/configuration/#route, #time_interval
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from estate.model import AlertRoute, Alerts, Hours, OneMaintenance, WeeklyMaintenance, selected
from estate.model.maintenance import LABELS, reach


@dataclass(frozen=True, slots=True)
class Told:
    """One receiver. `why` is the key of the estate that sends it there; `now` is false outside of `hours`;
    `held` are the windows of maintenance that hold it back at that time.
    """

    receiver: str
    why: str
    hours: str | None = None
    now: bool = True
    held: tuple[str, ...] = ()


def told(alerts: Alerts, labels: Mapping[str, str], at: datetime) -> tuple[Told, ...]:
    """The receivers of an alert with these labels that fires at this time, which has a zone; at least one."""
    return tuple(_told(alerts, labels, at))


def within(hours: Hours | WeeklyMaintenance, at: datetime) -> bool:
    """Whether a time is within them, by the clock of their place."""
    there = at.astimezone(ZoneInfo(hours.zone))
    return there.strftime("%A").lower() in hours.days and hours.begin <= there.strftime("%H:%M") < hours.end


def _held(alerts: Alerts, labels: Mapping[str, str], at: datetime) -> Iterator[str]:
    """Names of the windows that hold an alert back at a time."""
    for name, row in alerts.maintenance.items():
        reaches = zip(LABELS, reach(row), strict=True)
        if all(values is None or labels.get(label, "") in values for label, values in reaches) and (
            _during(row, at) if isinstance(row, OneMaintenance) else within(row, at)
        ):
            yield name


def _during(row: OneMaintenance, at: datetime) -> bool:
    return datetime.fromisoformat(row.begin) <= at < datetime.fromisoformat(row.end)


def _told(alerts: Alerts, labels: Mapping[str, str], at: datetime) -> Iterator[Told]:
    if labels.get("alertname") == "Watchdog":
        yield Told(alerts.heartbeat.receiver, "alerts.heartbeat")
        return
    held = tuple(_held(alerts, labels, at))
    taken = False
    for index, route in enumerate(alerts.routes):
        if not _takes(route, labels):
            continue
        taken = True
        now = route.hours is None or within(alerts.hours[route.hours], at)
        yield Told(route.receiver, f"alerts.routes.{index}", route.hours, now, held)
        if not route.also:
            return
    # Alertmanager asks the default only where no route has taken the alert.
    if not taken:
        yield Told(alerts.default, "alerts.default", held=held)


def _takes(route: AlertRoute, labels: Mapping[str, str]) -> bool:
    return all(not values or labels.get(label, "") in values for label, values in selected(route).items())
