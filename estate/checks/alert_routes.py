"""Routes of alerts: nobody waits for a page that cannot come, and nobody is paged by a heartbeat.

Source: https://prometheus.io/docs/alerting/latest/configuration/#route (the first route that matches has the
alert), #time_interval
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from estate.model import (
    AlertRoute,
    EmailReceiver,
    Estate,
    Hours,
    JiraReceiver,
    PagerDutyReceiver,
    SlackReceiver,
    TeamsReceiver,
    WeeklyMaintenance,
    selected,
)
from estate.problems import Problem
from estate.suggest import offer

# Each tells people of whatever it is sent.
TELLING = (PagerDutyReceiver, JiraReceiver, TeamsReceiver, SlackReceiver, EmailReceiver)


def alert_routes(estate: Estate) -> Iterator[Problem]:
    """Each route is reached by some alert, and critical alerts are told at any hour."""
    earlier: list[AlertRoute] = []
    for index, route in enumerate(estate.alerts.routes):
        path = ("alerts", "routes", index)
        if any(_takes_all_of(each, route) for each in earlier if not each.also):
            message = "no alert gets to this route: an earlier one takes all that it takes"
            yield Problem("route-unreached", path, message, "put it before that one, or give that one `also`")
        earlier.append(route)
        if route.hours is not None and (not route.severities or "critical" in route.severities):
            message = f"critical alerts of this route wait for the hours {route.hours!r}: nobody is woken"
            fix = "name the severities that can wait, such as [warning, info]"
            yield Problem("page-held-back", (*path, "hours"), message, fix)


def hours(estate: Estate) -> Iterator[Problem]:
    """Zones that exist, and days that begin before they end."""
    rows: dict[tuple[str, str, str], Hours | WeeklyMaintenance] = {
        ("alerts", "hours", name): row for name, row in estate.alerts.hours.items()
    }
    for name, window in estate.alerts.maintenance.items():
        if isinstance(window, WeeklyMaintenance):
            rows["alerts", "maintenance", name] = window
    # Read from disk; a machine without the database cannot tell.
    zones = available_timezones() if rows else set()
    for path, row in rows.items():
        if row.zone is not None and zones and row.zone not in zones:
            fix = offer(row.zone, zones)
            yield Problem("unknown-time-zone", (*path, "zone"), f"there is no time zone {row.zone!r}", fix)
        if None not in (row.begin, row.end) and row.end <= row.begin:
            message = f"the hours {path[2]!r} end at {row.end} and begin at {row.begin}"
            fix = "let them end on the same day; a night is two hours, one until 24:00 and one from 00:00"
            yield Problem("hours-order", (*path, "end"), message, fix)


def receivers(estate: Estate) -> Iterator[Problem]:
    """Heartbeats go where they are counted, and who signs in has a name and a password."""
    alerts = estate.alerts
    beats = alerts.receivers.get(alerts.heartbeat.receiver)
    if isinstance(beats, TELLING):
        message = f"{alerts.heartbeat.receiver!r} ({beats.kind}) would tell people of each heartbeat"
        fix = "send heartbeats to `kind: webhook`, a service that tells when they stop"
        yield Problem("heartbeat-pages", ("alerts", "heartbeat", "receiver"), message, fix)
    for name, row in alerts.receivers.items():
        if isinstance(row, EmailReceiver) and (row.user is None) != (row.password is None):
            has, lacks = ("user", "password") if row.password is None else ("password", "user")
            path = ("alerts", "receivers", name, has)
            yield Problem("password-lacks-user", path, f"there is a {has} and no {lacks}", f"add {lacks}")


def _takes_all_of(one: AlertRoute, other: AlertRoute) -> bool:
    """Whether each alert that `other` takes is taken by `one`."""
    wide, narrow = selected(one), selected(other)
    return all(
        not values or (narrow[label] and set(narrow[label]) <= set(values)) for label, values in wide.items()
    )
