"""Learning how late a type is."""

from __future__ import annotations

from exporters.azure.lag import FORGET_SECONDS, LONGEST_SECONDS, WATCHED_RESOURCES, Lag
from exporters.azure.plan import Key, Slot
from exporters.azure.points import Reading, Window
from tests.exporters.azure_values import STORAGE, SUBSCRIPTION, wanted

START = 1_800_000_000
SLOT: Slot = (Key(SUBSCRIPTION, "westeurope", STORAGE, "PT1M", ("Average",), ()), "Availability")


def watch(lag: Lag, points: dict[int, float], end: int, resource: str = "r", slot: Slot = SLOT) -> int:
    """Read the five minutes up to `end` (minutes after the start), three minutes later."""
    pairs = tuple((START + minute * 60, value) for minute, value in sorted(points.items()))
    reading = Reading(wanted("Availability", ("Average",)), "Average", (), pairs)
    asked = Window(START + (end - 5) * 60, START + end * 60)
    return lag.watch(slot, resource, [reading] if pairs else [], asked, START + (end + 3) * 60.0)


def test_points_that_stay_teach_nothing() -> None:
    """The lag is what was configured while nothing changes."""
    lag = Lag(180)
    for end in range(10, 60):
        assert watch(lag, dict.fromkeys(range(end - 5, end), 1.0), end) == 0
    assert lag.seconds == 180
    assert lag.horizon(START + 605.0, 60) == START + 420


def test_a_point_that_changes_raises_the_lag() -> None:
    """It is raised to the age at which the change was seen, in whole minutes."""
    lag = Lag(180)
    watch(lag, {5: 1.0, 6: 1.0, 7: 1.0, 8: 1.0, 9: 0.5}, 10)
    assert watch(lag, {6: 1.0, 7: 1.0, 8: 1.0, 9: 1.0, 10: 1.0}, 11) == 1
    assert lag.seconds == 240


def test_a_point_that_comes_late_raises_the_lag() -> None:
    """A hole that is filled is as late as a value that changes."""
    lag = Lag(180)
    watch(lag, {7: 1.0, 8: 1.0}, 10)
    assert watch(lag, {7: 1.0, 8: 1.0, 9: 1.0}, 11) == 1
    assert lag.seconds == 240


def test_the_lag_is_bounded_and_falls_again() -> None:
    """Nothing is waited for longer than a quarter of an hour; after hours without late points it falls
    back.
    """
    lag = Lag(180, 10_000)
    assert lag.seconds == LONGEST_SECONDS
    lag = Lag(180)
    watch(lag, {9: 0.5}, 10)
    watch(lag, {9: 1.0}, 11)
    later = 11 + FORGET_SECONDS // 60 + 1
    watch(lag, {later - 1: 1.0}, later)
    assert lag.seconds == 180


def test_groups_do_not_mix() -> None:
    """What one call reads says nothing about what another one has not read yet."""
    lag = Lag(180)
    other: Slot = (SLOT[0]._replace(aggregations=("Total",)), "Ingress")
    watch(lag, {9: 1.0}, 10)
    assert watch(lag, {8: 5.0, 9: 5.0}, 10, slot=other) == 0
    assert lag.seconds == 180


def test_few_resources_are_enough() -> None:
    """Only the first ones are watched: memory does not grow with the fleet."""
    lag = Lag(180)
    for number in range(WATCHED_RESOURCES + 1):
        watch(lag, {9: 0.5}, 10, f"r{number}")
    assert watch(lag, {9: 1.0}, 11, f"r{WATCHED_RESOURCES}") == 0
    assert watch(lag, {9: 1.0}, 11, "r0") == 1
