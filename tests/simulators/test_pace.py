"""Buckets, windows and the clock they run by."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.azure.clock import Clock
from simulators.azure.pace import FixedWindow, TokenBucket


def test_bucket_refills() -> None:
    """Five at once, then one every two seconds; the wait is said in whole seconds."""
    bucket = TokenBucket(5, 0.5)
    assert [bucket.take(0).remaining for _ in range(5)] == [4, 3, 2, 1, 0]
    refused = bucket.take(0)
    assert (refused.passes, refused.retry_after) == (False, 2)
    assert not bucket.take(1.9).passes
    assert bucket.take(2).passes
    assert bucket.take(1000).remaining == 4


def test_bucket_and_a_clock_that_goes_back() -> None:
    """Time that runs backwards refills nothing, and does not lock the bucket either."""
    bucket = TokenBucket(1, 1)
    assert bucket.take(100).passes
    assert not bucket.take(50).passes
    assert bucket.take(51).passes


@settings(deadline=None)
@given(st.lists(st.floats(0, 5), max_size=200))
def test_bucket_never_gives_more_than_it_has(gaps: list[float]) -> None:
    """Over any stretch of time at most burst plus refill pass."""
    bucket, now, passed = TokenBucket(10, 2), 0.0, 0
    for gap in gaps:
        now += gap
        passed += bucket.take(now).passes
        assert passed <= 10 + 2 * now + 1e-6


@settings(deadline=None)
@given(st.lists(st.floats(0, 3), min_size=1, max_size=100))
def test_waiting_as_told_is_enough(gaps: list[float]) -> None:
    """Who waits for the Retry-After of a refusal is let in."""
    bucket, now = TokenBucket(3, 0.7), 0.0
    for gap in gaps:
        now += gap
        verdict = bucket.take(now)
        if not verdict.passes:
            now += verdict.retry_after
            assert bucket.take(now).passes


def test_window() -> None:
    """Three in ten seconds, counted from the first call."""
    window = FixedWindow(3, 10)
    assert [window.take(at).passes for at in (0, 1, 2)] == [True] * 3
    refused = window.take(4)
    assert (refused.passes, refused.retry_after, refused.resets_after) == (False, 6, 6)
    assert window.take(10).remaining == 2


def test_clock_runs_and_stands() -> None:
    """It follows the machine, jumps, stands still and runs on from there."""
    machine = [1000.0]
    clock = Clock(lambda: machine[0])
    assert clock.now() == 1000
    clock.jump(5000)
    machine[0] += 10
    assert (clock.mode, clock.now()) == ("running", 5010)
    clock.stand()
    machine[0] += 10
    assert (clock.mode, clock.now()) == ("manual", 5010)
    clock.jump(6000)
    assert clock.now() == 6000
    clock.run()
    machine[0] += 5
    assert (clock.mode, clock.now()) == ("running", 6005)
