"""Windows of maintenance: they end, and none of them holds back the heartbeat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from estate.model import Estate, OneMaintenance, WeeklyMaintenance
from estate.model.maintenance import LONGEST_DAYS, MOST_MEETINGS, meetings, reach
from estate.problems import Problem
from estate.tree import Path

WEEK = 7


def maintenance(estate: Estate) -> Iterator[Problem]:
    """Each begins before it ends, is no longer than work is, and leaves the Watchdog alone."""
    weekly: dict[str, WeeklyMaintenance] = {}
    for name, row in estate.alerts.maintenance.items():
        path = ("alerts", "maintenance", name)
        if isinstance(row, OneMaintenance):
            yield from _once(name, row, path)
        elif isinstance(row, WeeklyMaintenance):
            weekly[name] = row
            if len(set(row.days)) == WEEK and (row.begin, row.end) == ("00:00", "24:00"):
                message = f"the maintenance {name!r} never ends: nobody would ever be told"
                yield Problem("maintenance-long", (*path, "days"), message, "leave days or hours out of it")
        else:
            continue  # Its kind is not known.
        if "Watchdog" in row.alerts:
            place = (*path, "alerts", row.alerts.index("Watchdog"))
            message = "the Watchdog is never held back: its silence means that alerting is broken"
            yield Problem("maintenance-heartbeat", place, message, "remove it")
    if len(meetings([reach(row) for row in weekly.values()])) > MOST_MEETINGS:
        message = f"these windows meet in more than {MOST_MEETINGS} ways, and each needs a route of its own"
        fix = "give windows the same clusters, teams and alerts, or none in common"
        yield Problem("maintenance-tangled", ("alerts", "maintenance"), message, fix)


def _once(name: str, row: OneMaintenance, path: Path) -> Iterator[Problem]:
    if row.begin is None or row.end is None:
        return
    begin, end = datetime.fromisoformat(row.begin), datetime.fromisoformat(row.end)
    if end <= begin:
        message = f"the maintenance {name!r} ends at {row.end} and begins at {row.begin}"
        yield Problem("maintenance-order", (*path, "end"), message, "let it end after it begins")
    elif end - begin > timedelta(days=LONGEST_DAYS):
        message = f"the maintenance {name!r} lasts for {(end - begin).days} days"
        fix = f"let it end within {LONGEST_DAYS} days; what takes longer is told, or is no alert"
        yield Problem("maintenance-long", (*path, "end"), message, fix)
