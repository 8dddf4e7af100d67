"""Who is told of an alert, and when: routes and hours as Alertmanager walks them.

Contract: https://prometheus.io/docs/alerting/latest/configuration/#route, #time_interval
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from estate.model import AlertRoute, Alerts, Hours, selected


@dataclass(frozen=True, slots=True)
class Told:
    """One receiver. `why` is the key of the estate that sends it there; `now` is false outside of `hours`."""

    receiver: str
    why: str
    hours: str | None = None
    now: bool = True


def told(alerts: Alerts, labels: Mapping[str, str], at: datetime) -> tuple[Told, ...]:
    """The receivers of an alert with these labels that fires at this time, which has a zone; at least one."""
    return tuple(_told(alerts, labels, at))


def within(hours: Hours, at: datetime) -> bool:
    """Whether a time is within them, by the clock of their place."""
    there = at.astimezone(ZoneInfo(hours.zone))
    return there.strftime("%A").lower() in hours.days and hours.begin <= there.strftime("%H:%M") < hours.end


def _told(alerts: Alerts, labels: Mapping[str, str], at: datetime) -> Iterator[Told]:
    if labels.get("alertname") == "Watchdog":
        yield Told(alerts.heartbeat.receiver, "alerts.heartbeat")
        return
    taken = False
    for index, route in enumerate(alerts.routes):
        if not _takes(route, labels):
            continue
        taken = True
        now = route.hours is None or within(alerts.hours[route.hours], at)
        yield Told(route.receiver, f"alerts.routes.{index}", route.hours, now)
        if not route.also:
            return
    # Alertmanager asks the default only where no route has taken the alert.
    if not taken:
        yield Told(alerts.default, "alerts.default")


def _takes(route: AlertRoute, labels: Mapping[str, str]) -> bool:
    return all(not values or labels.get(label, "") in values for label, values in selected(route).items())
