"""How long a wait is, by what was seen of a type and of its siblings."""

from __future__ import annotations

from math import exp

import pytest

from exporters.azure.metrics.evidence import BINS, Evidence, evenly, together
from exporters.azure.metrics.wait import (
    CLOSE_POINTS,
    ENOUGH_POINTS,
    LEAST_POINTS,
    LONGEST_SECONDS,
    known,
    pooled,
    waited,
)


def test_nothing_known_waits_longest() -> None:
    """Without a right reading nothing is sure, whatever siblings say."""
    assert waited(Evidence()) == LONGEST_SECONDS
    assert pooled(Evidence(), [180] * 50) == LONGEST_SECONDS


@pytest.mark.parametrize(("points", "margin"), [(480, 60), (240, 120), (120, 240), (60, 480), (32, 890)])
def test_few_points_leave_a_margin(points: int, margin: int) -> None:
    """Points times minutes of margin are what is enough, up to a bin and what does not divide by six."""
    wait = waited(evenly(0.0, points))
    assert margin <= wait <= min(LONGEST_SECONDS, margin * 1.1 + 10)


def test_nearer_than_a_minute_takes_more() -> None:
    """Readings come once a minute: right ones must have stood there, and three times as many."""
    seen = Evidence(300.0, [0] * BINS)
    seen.right[32] = CLOSE_POINTS - 1
    assert waited(seen) == 360
    seen.right[32] += 1
    assert waited(seen) == 330


def test_readings_below_a_wrong_one_prove_nothing() -> None:
    """However many there were: only those that were older than the oldest wrong one count."""
    seen = Evidence(300.0, [9_999] * 30 + [0] * (BINS - 30))
    assert waited(seen) == LONGEST_SECONDS


def test_what_is_wrong_in_one_percent_is_not_missed() -> None:
    """The bound that the documentation gives."""
    assert exp(-ENOUGH_POINTS * 0.01) < 0.009
    assert exp(-CLOSE_POINTS * 0.005) < 0.001


def test_siblings_that_are_not_later_shorten_it() -> None:
    """The more there are the less likely is a type that is later than all; never to less than half."""
    seen = evenly(200.0, 120)
    waits = [pooled(seen, [250] * number) for number in (0, 1, 2, 5, 11, 50)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == waited(seen)
    assert waits[1] < waits[0]
    assert waits[-1] == waited(seen, LEAST_POINTS)


def test_siblings_that_are_later_do_not_lengthen_it_and_do_not_help() -> None:
    """One that is later than the wait of a type says nothing for it; the own evidence is what counts."""
    seen = evenly(200.0, 240)
    assert pooled(seen, [800] * 5) == waited(seen)
    assert pooled(seen, [800, 800, 250]) > pooled(seen, [250, 250, 250])


def test_no_wait_is_shorter_than_that_of_a_sibling_that_vouches_for_it() -> None:
    """Siblings lower a wait to their own at the most."""
    seen = evenly(200.0, 120)
    sibling = waited(seen) - 10
    assert pooled(seen, [sibling] * 11) == sibling


def test_no_wait_is_below_what_was_seen() -> None:
    """With any number of siblings, and any number of points."""
    for points in (0, 6, 60, 600, 60_000):
        for wrong in (0.0, 65.0, 419.0, 899.0):
            assert pooled(evenly(wrong, points), [180] * 20) > wrong


def test_only_who_is_sure_vouches() -> None:
    """A sibling is asked once it has enough points of its own."""
    assert known(evenly(200.0, ENOUGH_POINTS - 6)) is None
    assert known(evenly(200.0, ENOUGH_POINTS)) == waited(evenly(200.0, ENOUGH_POINTS))


def test_regions_count_as_one() -> None:
    """The latest of all holds, and all that were right."""
    both = together((evenly(200.0, 240, 5.0, 9.0), evenly(320.0, 240, 0.0, 0.0), evenly(100.0, 60, 2.0, 7.0)))
    assert (both.wrong, both.points, both.since, both.until) == (320.0, 540, 2.0, 9.0)
