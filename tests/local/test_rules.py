"""The pure parts of the supervisor: order, states, patience."""

from __future__ import annotations

import itertools
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.targets.local.machine import WAYS, Standing
from deploy.targets.local.order import by_need, dependents
from deploy.targets.local.patience import Patience
from estate.running import State


def test_order_of_need() -> None:
    """Each comes after what it needs."""
    needs = {"top": ("left", "right"), "left": ("base",), "right": ("base",), "base": ()}
    order = by_need(needs)
    assert sorted(order) == sorted(needs)
    assert all(order.index(other) < order.index(name) for name in needs for other in needs[name])
    assert dependents(needs) == {"top": (), "left": ("top",), "right": ("top",), "base": ("left", "right")}


@pytest.mark.parametrize("needs", [{"a": ("ghost",)}, {"a": ("b",), "b": ("a",)}])
def test_needs_that_cannot_be_met(needs: dict[str, tuple[str, ...]]) -> None:
    """A need without a component and a circle are refused."""
    with pytest.raises(ValueError, match=r"ghost|cycle"):
        by_need(needs)


def test_every_state_has_ways() -> None:
    """The table of ways speaks of all states, and every state can be left. On one machine all is known."""
    states = set(typing.get_args(State)) - {"unknown"}
    assert set(WAYS) == states
    assert set().union(*WAYS.values()) == states
    assert all("stopped" in ways for ways in WAYS.values())


def test_a_life() -> None:
    """A component that falls once: what a status shows at each step."""
    steps = [Standing("stopped", 0)]
    steps.append(steps[-1].waiting(1))
    steps.append(steps[-1].starting(2, 7))
    steps.append(steps[-1].starting(3, 7, "answers 503"))
    steps.append(steps[-1].ready(4))
    steps.append(steps[-1].fell(5, "was ended by SIGKILL"))
    steps.append(steps[-1].waiting(6))
    steps.append(steps[-1].starting(7, 8, "no answer"))
    steps.append(steps[-1].ready(8))
    steps.append(steps[-1].stopped(9))
    shown = [(step.state, step.since, step.pid, step.restarts, step.last_error) for step in steps]
    assert shown == [
        ("stopped", 0, None, 0, ""),
        ("waiting", 1, None, 0, ""),
        ("starting", 2, 7, 0, ""),
        ("starting", 2, 7, 0, "answers 503"),
        ("ready", 4, 7, 0, ""),
        ("backoff", 5, None, 1, "was ended by SIGKILL"),
        ("waiting", 6, None, 1, "was ended by SIGKILL"),
        ("starting", 7, 8, 1, "no answer"),
        ("ready", 8, 8, 1, "was ended by SIGKILL"),
        ("stopped", 9, None, 1, ""),
    ]


def test_no_other_ways() -> None:
    """A step that the table does not have is a defect, and says so."""
    with pytest.raises(ValueError, match="no way from waiting to ready"):
        Standing("waiting", 0).ready(1)


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True))
def test_delays_grow_and_are_bounded(count: int, chance: float) -> None:
    """Each delay lies between three quarters of its length and its length, never over the longest."""
    patience = Patience()
    full = min(30.0, 0.5 * 2 ** (count - 1))
    assert full * 0.75 <= patience.delay([0.0] * count, chance) <= full


def test_old_failures_are_forgotten() -> None:
    """Only failures inside the window count."""
    patience = Patience(failures=3, window=10)
    assert patience.recent((0.0, 5.0, 12.0), 12.0) == (5.0, 12.0)
    assert not patience.exhausted((5.0, 12.0))
    assert patience.exhausted((5.0, 11.0, 12.0))


def test_a_component_that_cannot_start_is_given_up_before_the_user_is() -> None:
    """With the usual patience a component that ends at once is given up within ten seconds."""
    patience = Patience()
    pauses = [patience.delay([0.0] * count, 0.0) for count in range(1, patience.failures)]
    assert list(itertools.accumulate(pauses)) == [0.5, 1.5, 3.5, 7.5]


@pytest.mark.parametrize(
    ("ready_for", "misses", "pause"),
    [
        (None, 0, 0.2),
        (None, 4, 0.2),
        (0.0, 0, 3.0),
        (119.0, 0, 3.0),
        (120.0, 0, 12.0),
        (9_000.0, 0, 12.0),
        (9_000.0, 1, 3.0),
    ],
)
def test_what_has_been_ready_for_long_is_asked_less_often(
    ready_for: float | None, misses: int, pause: float
) -> None:
    """Until it misses a probe: then it is looked at as closely as at the begin."""
    assert Patience().pause(ready_for=ready_for, misses=misses) == pause
