"""Who may stay when places are few, and who has taken too long."""

from __future__ import annotations

import resource

import pytest

from web.bounds import Bounds, Step
from web.crowd import Crowd


class Member:
    """A connection whose step a test sets."""

    def __init__(self, name: str, step: Step) -> None:
        self.name = name
        self.now = step
        self.left: Step | None = None

    def step(self) -> Step:
        """Where it is."""
        return self.now

    def leave(self, step: Step) -> None:
        """Remember that it had to go."""
        self.left = step


class Clock:
    """Monotonic seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def crowd(most: int, clock: Clock | None = None, said: list[str] | None = None) -> Crowd:
    """A crowd of at most that many."""
    said = [] if said is None else said
    return Crowd(Bounds(connections=most), said.append, clock or Clock())


def test_whoever_waits_longest_makes_room() -> None:
    """A new connection costs the one that has kept us waiting longest its place, never one that we answer."""
    full = crowd(3)
    answered, old, young = (
        Member("answered", Step.ANSWERING),
        Member("old", Step.WAITING),
        Member("young", Step.BODY),
    )
    for member in (answered, old, young):
        assert full.room()
        full.moved(member)
    assert full.room()
    assert (answered.left, old.left, young.left) == (None, Step.WAITING, None)
    assert len(full) == 2
    assert full.shed == {"room": 1}


def test_a_step_forward_counts_as_a_new_wait() -> None:
    """Who has moved on since is not the one that waits longest any more; a drip within a step is no move."""
    full = crowd(2)
    first, second = Member("first", Step.WAITING), Member("second", Step.WAITING)
    full.moved(first)
    full.moved(second)
    first.now = Step.HEAD
    full.moved(first)
    second_again = Step.WAITING
    full.moved(second)
    assert full.room()
    assert (first.left, second.left) == (None, second_again)


def test_no_room_where_all_are_answered() -> None:
    """Where every place is one that we work for, the new connection must go; that is said once a minute."""
    clock, said = Clock(), list[str]()
    full = crowd(1, clock, said)
    full.moved(Member("answered", Step.ANSWERING))
    assert [full.room() for _ in range(50)] == [False] * 50
    assert full.shed == {"full": 50}
    assert said == ["1 requests are being answered: new connections are closed"]
    clock.now = 61
    assert not full.room()
    assert len(said) == 2


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.ANSWERING])
def test_every_step_of_a_peer_has_its_time(step: Step) -> None:
    """A handshake, a head, a body, a peer that does not read: each is ended when its time is over, however
    often something of it arrives, and counted under its name.
    """
    clock = Clock()
    one = crowd(10, clock)
    slow = Member("slow", step)
    one.moved(slow)
    limit = one.bounds.seconds(step)
    clock.now = limit
    one.moved(slow)
    one.sweep()
    assert slow.left is None
    clock.now = limit + 0.1
    one.sweep()
    assert slow.left is step
    assert (len(one), one.shed) == (0, {step.value: 1})


def test_our_own_time_is_not_the_peers() -> None:
    """A request that we take long to answer is never ended here."""
    clock = Clock()
    one = crowd(10, clock)
    waiting = Member("patient", Step.ANSWERING)
    one.moved(waiting)
    clock.now = 1e9
    one.sweep()
    assert waiting.left is None


def test_a_close_that_nobody_tells_of_is_found() -> None:
    """An answer that closes its connection moves it without a word; the sweep sees it and ends it in time."""
    clock = Clock()
    one = crowd(10, clock)
    closing = Member("closing", Step.ANSWERING)
    one.moved(closing)
    closing.now = Step.LEAVING
    one.sweep()
    clock.now = one.bounds.leaving + 1
    one.sweep()
    assert closing.left is Step.LEAVING


def test_descriptors_of_idle_connections_are_given_back() -> None:
    """When the system has no descriptor left, the idle ones give up theirs; it is said once and counted."""
    said = list[str]()
    one = crowd(100, said=said)
    idle = [Member(str(number), Step.WAITING) for number in range(20)]
    for member in idle:
        one.moved(member)
    one.exhausted("Too many open files")
    assert [member.left is not None for member in idle] == [True] * 16 + [False] * 4
    one.exhausted("Too many open files")
    assert said == ["no descriptor for a new connection (Too many open files): 16 idle ones are closed"]
    assert one.shed == {"descriptors": 2}


def test_half_of_the_descriptors_are_for_other_things(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, the database and connections of our own keep half of what the process may open."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 4096))
    assert Bounds().most() == 32
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_000_000, 1_000_000))
    assert Bounds().most() == 512
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert Bounds().most() == 512
