"""Maintenance: when alerts are expected, and nobody is told of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate.model.receivers import WORKDAYS, Day
from estate.model.row import Row
from estate.names import AlertName, ClockTime, ClusterName, DnsLabel, Moment

# Who is silent for longer has a fault that no work explains.
LONGEST_DAYS = 31
# Windows that meet in some alerts need a route for each of their meetings.
MOST_MEETINGS = 64

# Clusters, teams and alerts that a window holds back; None stands for all.
Reach = tuple[frozenset[str] | None, ...]


class WeeklyMaintenance(Row):
    """A part of each week in the time of a place, such as the hours of updates."""

    kind: Literal["weekly"]
    zone: str
    """Time zone by its name in the IANA database, such as Europe/Amsterdam."""
    days: Annotated[list[Day], Field(min_length=1)] = WORKDAYS
    """Days of the week."""
    begin: ClockTime
    """Time of day at which it begins, such as "02:00"."""
    end: ClockTime
    """Time of day at which it ends, the same day; "24:00" is its end."""
    clusters: list[ClusterName] = Field(default=[])
    """Clusters whose alerts are held back; all, unless said."""
    teams: list[DnsLabel] = Field(default=[])
    """Teams whose alerts are held back; all, unless said."""
    alerts: list[AlertName] = Field(default=[])
    """Alerts that are held back, by name; all but the Watchdog, unless said."""


class OneMaintenance(Row):
    """Work that is done once, such as a move."""

    kind: Literal["once"]
    begin: Moment
    """When it begins, with its offset from UTC, such as "2026-12-01T20:00+01:00"."""
    end: Moment
    """When it ends; at most 31 days later."""
    comment: Annotated[str, Field(min_length=1, max_length=200)]
    """What is done: whoever wonders why nobody is told reads it."""
    clusters: list[ClusterName] = Field(default=[])
    """Clusters whose alerts are held back; all, unless said."""
    teams: list[DnsLabel] = Field(default=[])
    """Teams whose alerts are held back; all, unless said."""
    alerts: list[AlertName] = Field(default=[])
    """Alerts that are held back, by name; all but the Watchdog, unless said."""


Maintenance = Annotated[WeeklyMaintenance | OneMaintenance, Field(discriminator="kind")]
# Labels in the order of a reach.
LABELS = ("cluster", "team", "alertname")


def reach(row: WeeklyMaintenance | OneMaintenance) -> Reach:
    """Which alerts it holds back."""
    return tuple(frozenset(each) if each else None for each in (row.clusters, row.teams, row.alerts))


def meeting(one: Reach, other: Reach) -> Reach | None:
    """What both hold back; None where that is nothing."""
    found = tuple(
        there if here is None else here if there is None else here & there
        for here, there in zip(one, other, strict=True)
    )
    return None if frozenset() in found else found


def meetings(reaches: list[Reach]) -> list[Reach]:
    """All of these and all that any of them hold back together, the narrower ones first; more than
    MOST_MEETINGS are not looked for.
    """
    found: dict[Reach, None] = {}
    for each in reaches:
        more = [each, *(both for one in found if (both := meeting(one, each)) is not None)]
        found |= dict.fromkeys(more)
        if len(found) > MOST_MEETINGS:
            break
    # Whatever is held back by more windows is the narrower.
    return sorted(found, key=lambda one: -sum(meeting(one, each) == one for each in reaches))
