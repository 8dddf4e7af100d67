"""Learning how late a type is."""

from __future__ import annotations

from collections.abc import Callable

from exporters.azure.metrics.lag import (
    ENOUGH_POINTS,
    FORGET_SECONDS,
    LONGEST_SECONDS,
    OLD_SECONDS,
    WATCHED_RESOURCES,
    WATCHED_SERIES,
    Lag,
    Learnt,
)
from exporters.azure.metrics.plan import Key, Slot
from exporters.azure.metrics.points import Reading, Window
from tests.exporters.azure_values import STORAGE, SUBSCRIPTION, wanted

START = 1_800_000_000
SLOT: Slot = (Key(SUBSCRIPTION, "westeurope", STORAGE, "PT1M", ("Average",), ()), "Availability")
RESOURCE = "r"
NAMES = ("Availability", "SuccessE2ELatency", "Egress", "Ingress")
# Value of a bucket (minutes after the start) at an age in seconds; None while there is none.
Truth = Callable[[int, float], float | None]


def watch(
    lag: Lag,
    minute: int,
    truth: Truth,
    *,
    second: int = 5,
    slot: Slot = SLOT,
    names: int = 1,
    failed: bool = False,
) -> int:
    """Read as a cycle at that minute does: all from five minutes before the settled ones up to now."""
    now = START + minute * 60.0 + second
    settled = lag.horizon(now, 60)
    window = Window(settled - 300, settled, int(now // 60) * 60)
    pairs = [
        (start, value)
        for start in range(window.start, window.seen, 60)
        if (value := truth((start - START) // 60, now - (start + 60))) is not None
    ]
    final = tuple(pair for pair in pairs if pair[0] + 60 <= window.end)
    ahead = tuple(pair for pair in pairs if pair[0] + 60 > window.end)
    several = [Reading(wanted(name, ("Average",)), "Average", (), final, ahead) for name in NAMES[:names]]
    lag.claims(slot, [RESOURCE])
    if failed:
        return lag.watch(slot, RESOURCE, [], window, now, NAMES[:names])
    return lag.watch(slot, RESOURCE, several if pairs else [], window, now)


def steady(bucket: int, age: float) -> float | None:
    """Complete after two minutes."""
    return 1.0 if age >= 120 else None


def corrected(bucket: int, age: float) -> float | None:
    """There after two minutes, and every fifth bucket too low until it is four minutes old."""
    return steady(bucket, age) and (0.5 if bucket % 5 == 0 and age < 240 else 1.0)


def test_what_is_not_known_waits_longest() -> None:
    """The first values are a quarter of an hour old, and final."""
    lag = Lag(180)
    assert lag.seconds == LONGEST_SECONDS
    assert lag.horizon(START + 1000.0, 60) == START + 60


def test_watching_brings_it_down_to_what_was_seen() -> None:
    """After enough points it is what was seen, rounded up to the next minute; on the way it only falls."""
    lag = Lag(180)
    seen = []
    for minute in range(200):
        assert watch(lag, minute, corrected, names=4) == 0
        seen.append(lag.seconds)
    assert seen == sorted(seen, reverse=True)
    assert (seen[5], seen[-1]) == (LONGEST_SECONDS, 300)
    assert lag.learnt.watched >= ENOUGH_POINTS
    assert 240 <= lag.learnt.latest < 300


def test_few_points_leave_a_margin() -> None:
    """With half as many points a minute more is waited, with a tenth nine more."""
    assert [Lag(180, Learnt(200.0, ENOUGH_POINTS // part)).seconds for part in (1, 2, 4, 10, 100)] == [
        240,
        300,
        420,
        780,
        LONGEST_SECONDS,
    ]


def test_the_least_is_kept() -> None:
    """However early points are final, what is configured is waited for."""
    lag = Lag(420)
    for minute in range(800):
        watch(lag, minute, steady)
    assert lag.seconds == 420


def test_points_that_stay_teach_no_lateness() -> None:
    """Each comes at its age and does not change: nothing later was seen."""
    lag = Lag(60)
    for minute in range(800):
        assert watch(lag, minute, steady) == 0
    assert lag.learnt.latest == 125.0
    assert lag.seconds == 180


def test_what_changes_later_than_ever_raises_it_at_once() -> None:
    """A settled point that changes is counted as late, and the lag reaches beyond its age."""
    lag = Lag(180, Learnt(150.0, 10_000))
    assert lag.seconds == 180
    late = [watch(lag, minute, corrected) for minute in range(10, 20)]
    assert sum(late) == 1
    assert lag.seconds == 300


def test_an_interruption_is_no_lateness() -> None:
    """What came while nobody looked came some time after the reading before: that much is learnt, no more."""
    lag = Lag(180, Learnt(150.0, 10_000))
    for minute in (10, 11, 12, 13):
        watch(lag, minute, steady)
    watch(lag, 45, steady)
    assert lag.learnt.latest <= 180.0
    assert lag.seconds <= 240


def test_an_outage_of_an_hour_is_no_lateness() -> None:
    """Nor is a second one: that pauses may be long is believed only when there is no other."""
    lag = Lag(180, Learnt(150.0, 10_000))
    for minute in (*range(10), *range(70, 80), *range(140, 150)):
        watch(lag, minute, steady)
    assert lag.learnt.latest <= 190.0


def test_who_is_seldom_answered_teaches_no_lateness() -> None:
    """Of a resource that is read every fourth minute beside one that is read each minute, a change counts
    from the reading before: the type is no later for it. Where all are read so seldom, their pauses count.
    """
    lag = Lag(180, Learnt(150.0, 10_000))
    other: Slot = (SLOT[0]._replace(subscription="another"), "Availability")
    for minute in range(61):
        watch(lag, minute, corrected)
        if minute % 4 == 0:
            watch(lag, minute, corrected, slot=other)
    assert lag.learnt.latest < 300
    alone = Lag(180)
    for minute in range(1, 61, 4):
        watch(alone, minute, corrected)
    assert alone.learnt.latest > 300


def test_what_failed_inside_a_reply_teaches_no_lateness() -> None:
    """A metric that a good reply did not bring had no value then; with the next reply all of it is there,
    and nothing came late. What changes after that is seen again.
    """
    lag = Lag(180, Learnt(150.0, 10_000))
    for minute in range(60):
        failed = minute in (12, 20, 21, 22)
        assert watch(lag, minute, steady, failed=failed) == 0
    assert lag.learnt.latest == 150.0
    assert lag.learnt.watched > 10_020
    late = [watch(lag, minute, corrected) for minute in range(60, 80)]
    assert sum(late) > 0
    assert 240 <= lag.learnt.latest < 300


def test_it_is_bounded() -> None:
    """Nothing is waited for longer than a quarter of an hour."""
    assert Lag(180, Learnt(5000.0, 10_000)).seconds == LONGEST_SECONDS
    lag = Lag(180)
    for minute in range(0, 100):
        watch(lag, minute, lambda bucket, age: age // 60)
    assert lag.seconds == LONGEST_SECONDS
    assert lag.learnt.latest <= LONGEST_SECONDS


def test_it_falls_again() -> None:
    """What nobody has seen again for hours counts a minute less, and less again."""
    lag = Lag(180, Learnt(500.0, 10_000))
    hours = FORGET_SECONDS // 3600
    assert lag.seconds == 540
    for minute in range(hours * 60 + 5):
        watch(lag, minute, corrected)
    assert lag.seconds == 480
    for minute in range(hours * 60 + 5, hours * 60 * 5):
        watch(lag, minute, corrected)
    assert lag.seconds == 300


def test_only_what_was_watched_from_the_beginning_counts() -> None:
    """Of points that were old when first read nobody knows whether they changed before."""
    lag = Lag(180)
    counted = []
    for minute in range(100, 120):
        watch(lag, minute, steady)
        counted.append(lag.learnt.watched)
    # The two that were two minutes old or younger, and then one a minute.
    first = OLD_SECONDS // 60 - 1
    assert counted[:first] == [0] * first
    assert counted[first:] == list(range(1, 21 - first))


def test_groups_do_not_mix() -> None:
    """What one call reads says nothing about what another one has not read yet."""
    lag = Lag(180, Learnt(150.0, 10_000))
    other: Slot = (SLOT[0]._replace(aggregations=("Total",)), "Ingress")
    watch(lag, 10, steady)
    assert watch(lag, 10, lambda bucket, age: 5.0, slot=other) == 0
    assert lag.learnt.latest == 150.0


def test_few_resources_are_enough() -> None:
    """Only the first ones are watched, until they are gone: memory does not grow with the fleet."""
    lag = Lag(180)
    ids = [f"r{number}" for number in range(WATCHED_RESOURCES + 3)]
    assert lag.claims(SLOT, ids)
    assert [lag.claims(SLOT, [id]) for id in ids] == [True] * WATCHED_RESOURCES + [False] * 3
    lag.keep({SLOT}, ids[1:])
    assert [lag.claims(SLOT, [id]) for id in reversed(ids)] == [True, False, False] + [True] * 7 + [False]
    lag.keep(set(), ids)
    assert lag.claims(SLOT, [ids[0]])


def test_few_series_are_enough() -> None:
    """Of a metric with thousands of dimension values the first are watched."""
    lag = Lag(180)
    lag.claims(SLOT, [RESOURCE])
    metric = wanted("Availability", ("Average",))
    window = Window(START, START + 300)
    many = [
        Reading(metric, "Average", (("api", str(number)),), ((START, 1.0),))
        for number in range(WATCHED_SERIES * 3)
    ]
    lag.watch(SLOT, RESOURCE, many, window, START + 1200.0)
    changed = [
        Reading(metric, "Average", (("api", str(number)),), ((START, 2.0),))
        for number in range(WATCHED_SERIES * 3)
    ]
    assert lag.watch(SLOT, RESOURCE, changed, window, START + 1260.0) == WATCHED_SERIES
