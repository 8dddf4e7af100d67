"""Learning how late a type is."""

from __future__ import annotations

from collections.abc import Callable

from exporters.azure.metrics.evidence import FORGET_SECONDS, TOGETHER_POINTS, Evidence, evenly
from exporters.azure.metrics.lag import WATCHED_RESOURCES, WATCHED_SERIES, Lag
from exporters.azure.metrics.plan import Key, Slot
from exporters.azure.metrics.points import Reading, Window
from exporters.azure.metrics.wait import ENOUGH_POINTS, LONGEST_SECONDS
from tests.exporters.azure_values import STORAGE, SUBSCRIPTION, wanted

START = 1_800_000_000
SLOT: Slot = (Key(SUBSCRIPTION, "westeurope", STORAGE, "PT1M", ("Average",), ()), "Availability")
RESOURCE = "r"
REGION = "westeurope"
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


def sure(wrong: float = 110.0) -> dict[str, Evidence]:
    """What is known of a type that was watched for days and was wrong up to that age in seconds."""
    return {REGION: evenly(wrong, 10_000)}


def seen(lag: Lag) -> Evidence:
    """What the one region has seen."""
    return lag.learnt[REGION]


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
    """After enough points it is what was seen and less than a minute more; on the way it only falls."""
    lag = Lag(180)
    waits = []
    for minute in range(400):
        assert watch(lag, minute, corrected, names=4) == 0
        waits.append(lag.seconds)
    assert waits == sorted(waits, reverse=True)
    assert waits[5] == LONGEST_SECONDS
    assert (seen(lag).wrong, waits[-1]) == (185.0, 250)
    assert seen(lag).points >= 1440


def test_it_begins_to_fall_with_the_second_reading() -> None:
    """One reading after the other says of points of all ages whether they stay: nobody waits until those that
    are young grow old. With many points it is down in ten minutes, and not sooner: what comes late comes
    together.
    """
    lag = Lag(180)
    many = [slot_of(number) for number in range(20)]
    waits = []
    for minute in range(15):
        for slot in many:
            watch(lag, minute, corrected, names=4, slot=slot)
        waits.append(lag.seconds)
    assert waits[0] == LONGEST_SECONDS
    assert waits[3] < 600
    assert waits[8] > 250
    assert waits[ENOUGH_POINTS // TOGETHER_POINTS + 2] == 250


def slot_of(number: int) -> Slot:
    """The slot of another subscription."""
    return (SLOT[0]._replace(subscription=f"s-{number}"), "Availability")


def test_a_lone_series_is_down_in_four_hours() -> None:
    """Two minutes above the age up to which it was seen to be wrong, where it was eight hours before; the
    bound is the same at every step: points times minutes of margin are at least `ENOUGH_POINTS`.
    """
    lag = Lag(60)
    down = 0
    for minute in range(500):
        watch(lag, minute, corrected)
        if lag.seconds < LONGEST_SECONDS:
            margin = (lag.seconds - seen(lag).wrong) / 60
            assert margin * minute >= ENOUGH_POINTS * 0.98
        if not down and lag.seconds <= seen(lag).wrong + 130:
            down = minute
    assert 230 <= down <= 250
    assert lag.seconds == 250


def test_the_least_is_kept() -> None:
    """However early points are final, what is configured is waited for."""
    lag = Lag(420)
    for minute in range(800):
        watch(lag, minute, steady)
    assert lag.seconds == 420


def test_points_that_stay_teach_no_lateness() -> None:
    """Each comes at its age and does not change: it was not there a minute before, and nothing was later."""
    lag = Lag(60)
    for minute in range(800):
        assert watch(lag, minute, steady) == 0
    assert seen(lag).wrong == 65.0
    assert lag.seconds == 130


def test_what_changes_later_than_ever_raises_it_at_once() -> None:
    """A settled point that changes is counted as late, and the lag reaches beyond its age."""
    lag = Lag(120, sure())
    assert lag.seconds == 130
    late = [watch(lag, minute, corrected) for minute in range(10, 20)]
    assert sum(late) >= 1
    assert seen(lag).wrong == 185.0
    assert lag.seconds > 185


def test_an_interruption_is_no_lateness() -> None:
    """What came while nobody looked was wrong at the reading before; nothing later is learnt."""
    lag = Lag(180, sure())
    for minute in (*range(10), 45, *range(70, 80), *range(140, 150)):
        watch(lag, minute, steady)
    assert seen(lag).wrong == 110.0


def test_who_is_seldom_answered_teaches_no_lateness() -> None:
    """Of a resource that is read every fourth minute beside one that is read each minute, a change counts
    from the reading before: the type is no later for it. Where all are read so seldom, the wait reaches to
    where readings were right.
    """
    lag = Lag(180, sure())
    for minute in range(61):
        watch(lag, minute, corrected)
        if minute % 4 == 0:
            watch(lag, minute, corrected, slot=slot_of(1))
    assert seen(lag).wrong <= 185
    alone = Lag(60)
    for minute in range(1, 4 * ENOUGH_POINTS, 4):
        watch(alone, minute, corrected)
    assert alone.seconds > 240


def test_what_failed_inside_a_reply_teaches_no_lateness() -> None:
    """A metric that a good reply did not bring had no value then; with the next reply all of it is there,
    and nothing came late. What changes after that is seen again.
    """
    lag = Lag(120, sure())
    for minute in range(60):
        failed = minute in (12, 20, 21, 22)
        assert watch(lag, minute, steady, failed=failed) == 0
    assert seen(lag).wrong == 110.0
    late = [watch(lag, minute, corrected) for minute in range(60, 80)]
    assert sum(late) > 0
    assert seen(lag).wrong == 185.0


def test_it_is_bounded() -> None:
    """Nothing is waited for longer than a quarter of an hour."""
    assert Lag(180, sure(5000.0)).seconds == LONGEST_SECONDS
    lag = Lag(180)
    for minute in range(0, 100):
        watch(lag, minute, lambda bucket, age: age // 60)
    assert lag.seconds == LONGEST_SECONDS
    assert seen(lag).wrong <= LONGEST_SECONDS


def test_it_falls_again() -> None:
    """What nobody has seen again for hours, and in as many points as are enough, counts a minute less; and
    no less than what is seen.
    """
    lag = Lag(180, sure(500.0))
    assert lag.seconds == 520
    hours = FORGET_SECONDS // 3600
    for minute in range(hours * 60 + 5):
        watch(lag, minute, corrected, names=2)
    assert seen(lag).wrong == 440.0
    assert 440 < lag.seconds <= 510
    for minute in range(hours * 60 + 5, hours * 60 * 6):
        watch(lag, minute, corrected, names=2)
    assert 185.0 <= seen(lag).wrong < 250
    assert 240 <= lag.seconds <= 310


def test_a_lone_series_forgets_later() -> None:
    """In six hours it has too few points to be sure that nothing comes so late any more."""
    lag = Lag(180, sure(500.0))
    for minute in range(FORGET_SECONDS // 60 + 60):
        watch(lag, minute, corrected)
    assert seen(lag).wrong == 500.0


def test_groups_do_not_mix() -> None:
    """What one call reads says nothing about what another one has not read yet."""
    lag = Lag(180, sure())
    other: Slot = (SLOT[0]._replace(aggregations=("Total",)), "Ingress")
    watch(lag, 10, steady)
    assert watch(lag, 10, lambda bucket, age: 5.0, slot=other) == 0
    assert seen(lag).wrong == 110.0


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
