"""Counters out of buckets: each settled bucket counts once, whatever the order, gaps, restarts and
corrections.
"""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.azure.metrics.counters import (
    CATCH_UP_SECONDS,
    PATIENCE_SECONDS,
    REVISIT_SECONDS,
    Track,
    advance,
    begin,
    revisit_seconds,
    window,
)
from exporters.azure.metrics.points import Reading, Window
from tests.exporters.azure_values import wanted

START = 1_800_000_000
STEP = 60


def reading(points: dict[int, float], dimensions: tuple[tuple[str, str], ...] = ()) -> Reading:
    """A reading of totals by minute after the start."""
    pairs = tuple((START + minute * STEP, value) for minute, value in sorted(points.items()))
    return Reading(wanted(), "Total", dimensions, pairs)


def total(track: Track) -> float:
    """The only counter."""
    (counter,) = track.counters.values()
    return counter.total


def cycle(track: Track, horizon: int, points: dict[int, float]) -> Window:
    """Ask up to `horizon` minutes after the start and take in what of `points` is in the window."""
    asked = window([track], START + horizon * STEP, STEP)
    inside = {
        minute: value
        for minute, value in points.items()
        if asked.start <= START + minute * STEP and START + (minute + 1) * STEP <= asked.end
    }
    newest = max((START + (minute + 1) * STEP for minute in inside), default=0)
    advance(track, [reading(inside)] if inside else [], asked, STEP, newest)
    return asked


def test_each_bucket_counts_once() -> None:
    """Windows overlap by five minutes; the total does not notice."""
    track = begin(START + 10 * STEP, STEP)
    truth = {minute: float(minute) for minute in range(60)}
    for horizon in range(10, 40):
        asked = cycle(track, horizon, truth)
        read_before = max(horizon - 1, 10)
        assert asked == Window(START + (read_before - 5) * STEP, START + horizon * STEP)
    assert total(track) == sum(range(9, 39))


def test_a_counter_begins_with_the_newest_bucket() -> None:
    """The first cycle reads five minutes and counts one: what was before nobody asked for."""
    track = begin(START + 10 * STEP, STEP)
    cycle(track, 10, dict.fromkeys(range(10), 1.0))
    assert total(track) == 1.0


def test_late_and_corrected_buckets() -> None:
    """A late bucket is added, one that grows is topped up, one that shrinks is counted and left."""
    track = begin(START + 10 * STEP, STEP)
    cycle(track, 10, {9: 5.0})
    assert total(track) == 5.0
    asked = window([track], START + 12 * STEP, STEP)
    seen = advance(track, [reading({9: 7.0, 10: 1.0, 11: 3.0})], asked, STEP, asked.end)
    assert (total(track), seen.corrected, seen.shrunk) == (11.0, 1, 0)
    seen = advance(track, [reading({9: 6.0, 10: 1.0, 11: 3.0})], asked, STEP, asked.end)
    assert (total(track), seen.corrected, seen.shrunk) == (11.0, 0, 1)


def test_what_is_older_than_the_window_is_never_added_again() -> None:
    """A bucket that is no longer remembered cannot be counted a second time."""
    track = begin(START + 10 * STEP, STEP)
    truth = dict.fromkeys(range(60), 1.0)
    for horizon in range(10, 30):
        cycle(track, horizon, truth)
    before = total(track)
    wide = Window(START, START + 29 * STEP)
    advance(track, [reading(dict.fromkeys(range(29), 1.0))], wide, STEP, wide.end)
    assert total(track) == before
    (counter,) = track.counters.values()
    assert len(counter.recent) <= REVISIT_SECONDS // STEP + 1


def test_an_outage_is_caught_up() -> None:
    """After half an hour without Azure the window reaches back, and nothing is missing."""
    track = begin(START + 10 * STEP, STEP)
    truth = dict.fromkeys(range(200), 1.0)
    cycle(track, 10, truth)
    asked = cycle(track, 40, truth)
    assert asked.start == START + 5 * STEP
    assert total(track) == 31.0


def test_an_outage_that_is_too_long_is_said() -> None:
    """What is more than an hour old is not asked for; the seconds lost are counted."""
    track = begin(START + 10 * STEP, STEP)
    cycle(track, 10, {9: 1.0})
    end = START + 10 * STEP + CATCH_UP_SECONDS + 600
    asked = window([track], end, STEP)
    assert asked.end - asked.start == CATCH_UP_SECONDS
    assert advance(track, [], asked, STEP, asked.end).lost_seconds == 600


def test_silence_may_be_lateness() -> None:
    """Where a whole call brings nothing, up to a quarter of an hour is asked for again when data come."""
    track = begin(START + 10 * STEP, STEP)
    cycle(track, 10, {9: 1.0})
    for horizon in range(11, 25):
        cycle(track, horizon, {9: 1.0})
    cycle(track, 25, dict.fromkeys(range(9, 25), 1.0))
    assert total(track) == 16.0
    quiet = begin(START + 10 * STEP, STEP)
    for horizon in range(10, 100):
        asked = cycle(quiet, horizon, {})
        assert asked.end - asked.start <= PATIENCE_SECONDS + REVISIT_SECONDS + STEP


def test_a_clock_that_goes_back_takes_nothing_along() -> None:
    """Time that was read ahead is read again; the value stays, and grows on from there."""
    track = begin(START + 100 * STEP, STEP)
    truth = dict.fromkeys(range(300), 1.0)
    for horizon in range(100, 110):
        cycle(track, horizon, truth)
    before = total(track)
    back = Window(START + 3 * STEP, START + 8 * STEP)
    advance(track, [], back, STEP, 0)
    assert (total(track), track.until) == (before, START + 8 * STEP)


def test_a_lag_that_grew_counts_nothing_twice() -> None:
    """A new process that waits longer than the one before begins behind what was counted: until it has
    caught up nothing is added but corrections, and afterwards each bucket stands in the sum once.
    """
    track = begin(START + 10 * STEP, STEP)
    truth = {minute: float(minute) for minute in range(100)}
    for horizon in range(10, 30):
        cycle(track, horizon, truth)
    before = total(track)
    for horizon in range(20, 30):
        cycle(track, horizon, truth)
        assert (total(track), track.until) == (before, START + 29 * STEP)
    cycle(track, 28, {**truth, 27: 30.0})
    assert total(track) == before + 3
    for horizon in range(30, 40):
        cycle(track, horizon, {**truth, 27: 30.0})
    assert total(track) == sum(range(9, 39)) + 3


def test_long_grains_are_read_again_for_two_buckets() -> None:
    """Five minutes would never see an hour corrected."""
    assert [revisit_seconds(step) for step in (60, 300, 3600)] == [300, 600, 7200]


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 12), min_size=1, max_size=40))
def test_totals_equal_the_truth(seed: int, pauses: list[int]) -> None:
    """Whatever the pauses between cycles (up to twelve minutes) and whatever comes up to three minutes late
    or too low at first: in the end the counter is the sum of all buckets since it began, and it never fell.
    """
    chance = random.Random(seed)
    truth = {
        minute: float(chance.randrange(100)) for minute in range(sum(pauses) + 60) if chance.random() > 0.1
    }
    late = {minute: chance.randrange(4) for minute in truth}
    track = begin(START + 10 * STEP, STEP)
    horizon, last = 10, 0.0
    for pause in [*pauses, 1, 1, 1, 1]:
        shown = {
            minute: value if horizon - minute > late[minute] else chance.choice([None, value // 2])
            for minute, value in truth.items()
        }
        cycle(track, horizon, {minute: value for minute, value in shown.items() if value is not None})
        now = sum(counter.total for counter in track.counters.values())
        assert now >= last
        last = now
        horizon += pause
    settled = horizon - 1 - 4
    begun = sum(value for minute, value in truth.items() if 9 <= minute <= settled)
    ended = sum(value for minute, value in truth.items() if 9 <= minute < horizon)
    assert begun <= last <= ended
