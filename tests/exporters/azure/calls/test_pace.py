"""Token buckets, and the waits that Azure's headers ask for."""

from __future__ import annotations

import pytest

from exporters.azure.calls.pace import (
    LONGEST_WAIT_SECONDS,
    RATES,
    Bucket,
    Rate,
    remaining,
    spread,
    wait_seconds,
)

NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "6"}, 6.0),
        ({"retry-after": " 2.128 "}, 2.128),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
        ({"Retry-After": "Fri, 15 Jan 2027 07:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1e9"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "99999999"}, LONGEST_WAIT_SECONDS),
        ({"Retry-After": "5", "x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after": "17"}, 17.0),
        ({"Retry-After": "nonsense", "x-ms-ratelimit-client-retry-after": "3"}, 3.0),
        ({"x-ms-user-quota-resets-after": "00:01:05"}, 65.0),
        ({"x-ms-user-quota-resets-after": "five"}, None),
        ({"x-ms-user-quota-resets-after": "00:00:05", "Retry-After": "2"}, 2.0),
    ],
)
def test_wait_seconds(headers: dict[str, str], expected: float | None) -> None:
    """The longest readable wait counts; what cannot be read is no wait."""
    assert wait_seconds(headers, NOW) == expected


def test_a_bucket_spaces_calls_once_it_is_empty() -> None:
    """Calls up to the capacity start at once, later ones one refill after the other."""
    clock = Clock()
    bucket = Bucket(Rate(3, 2), clock)
    assert [bucket.take() for _ in range(6)] == [0, 0, 0, 0.5, 1.0, 1.5]
    assert bucket.level == 0.0
    clock.seconds = 2.5
    assert bucket.level == pytest.approx(2 / 3)
    clock.seconds = 100
    assert bucket.level == 1.0


def test_a_pause_holds_all_calls() -> None:
    """While Azure asks to wait the bucket is empty; a shorter pause does not end a longer one."""
    clock = Clock()
    bucket = Bucket(Rate(10, 10), clock)
    bucket.pause(6.0)
    bucket.pause(1.0)
    assert (bucket.take(), bucket.level) == (6.0, 0.0)
    clock.seconds = 6.0
    assert bucket.take() == 0.0


def test_a_call_that_was_not_made_gives_its_token_back() -> None:
    """Giving up does not use up the pace of others."""
    bucket = Bucket(Rate(1, 1), Clock())
    bucket.take()
    bucket.give_back()
    assert bucket.take() == 0.0
    bucket.give_back()
    bucket.give_back()
    assert bucket.level == 1.0


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, None),
        ({"x-ms-ratelimit-remaining-subscription-reads": "249"}, 249),
        (
            {
                "X-Ms-Ratelimit-Remaining-Subscription-Reads": "12",
                "x-ms-ratelimit-remaining-subscription-global-reads": "3749",
            },
            12,
        ),
        ({"x-ms-user-quota-remaining": "0", "x-ms-ratelimit-remaining-tenant-resource-requests": "14"}, 0),
        ({"x-ms-ratelimit-remaining-subscription-writes": "1"}, None),
        ({"x-ms-ratelimit-remaining-resource": "Microsoft.Compute/HighCostGet3Min;1"}, None),
        ({"x-ms-ratelimit-remaining-subscription-reads": "many"}, None),
    ],
)
def test_what_azure_says_is_left(headers: dict[str, str], left: int | None) -> None:
    """The lowest of the limits that our calls count against; other limits and nonsense say nothing."""
    assert remaining(headers) == left


def test_a_bucket_follows_azure_down_and_not_up() -> None:
    """Someone else spends from the same limit: what is left to us is what is left at all."""
    now = [0.0]
    bucket = Bucket(Rate(10, 1), lambda: now[0])
    bucket.lower(None)
    assert bucket.level == 1.0
    bucket.lower(2)
    assert bucket.level == 0.2
    bucket.lower(9)
    assert bucket.level == 0.2
    assert [bucket.take() for _ in range(4)] == [0.0, 0.0, 1.0, 2.0]
    now[0] = 20.0
    assert bucket.level == 1.0


def test_our_rates_fit_under_azures() -> None:
    """All APIs of ARM at once stay below 250 and 25 a second, definitions below 400 in five minutes, Resource
    Graph below 15 in five seconds, the batch API below 360,000 an hour.
    """
    arm = [RATES[api] for api in ("resources", "definitions", "metrics", "metrics-subscription")]
    assert sum(rate.capacity for rate in arm) <= 250
    assert sum(rate.per_second for rate in arm) <= 25
    assert RATES["definitions"].capacity + 300 * RATES["definitions"].per_second <= 400
    assert RATES["graph"].capacity + 5 * RATES["graph"].per_second <= 15
    assert RATES["batch"].per_second * 3600 <= 360_000


def test_few_calls_start_at_once_and_many_are_spread() -> None:
    """The spread grows with the calls and leaves half of the interval for their replies."""
    assert [spread(calls, 60.0) for calls in (1, 25, 65, 100_000)] == [0.0, 0.0, 1.0, 30.0]
