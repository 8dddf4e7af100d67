"""A mapping that gives up the least worth keeping."""

from __future__ import annotations

from singlepane.server.bounded import Bounded


def test_it_forgets_by_rank_and_then_by_age() -> None:
    """The lower rank goes first; within a rank what was put first; putting again makes it new."""
    held: Bounded[str, int] = Bounded(3, 1_000, ranks=2)
    for number, (key, rank) in enumerate([("old", 1), ("calm", 0), ("older", 1), ("new", 1)]):
        held.put(key, number, 10, rank)
    held.put("old", 9, 10, 1)
    assert held.beyond() == ["calm"]
    held.put("newest", 5, 10, 1)
    assert held.beyond() == ["older"]
    assert (list(held), len(held), held.bytes) == ([3, 9, 5], 3, 30)


def test_bytes_are_a_bound_too_but_one_stays() -> None:
    """Large values push out more; the last one stays, however large it is."""
    held: Bounded[str, str] = Bounded(100, 50)
    for key, size in (("a", 20), ("b", 20), ("c", 20)):
        held.put(key, key, size)
    assert (held.beyond(), held.bytes) == (["a"], 40)
    held.put("large", "large", 500)
    assert held.beyond() == ["b", "c"]
    assert (list(held), held.get("large"), held.get("a")) == (["large"], "large", None)


def test_a_key_may_change_its_rank() -> None:
    """An alert that fires again is kept as one that fires."""
    held: Bounded[str, int] = Bounded(1, 100, ranks=2)
    held.put("x", 1, 5, 0)
    held.put("x", 2, 7, 1)
    assert (list(held), held.bytes) == ([2], 7)
    held.put("y", 3, 1, 0)
    assert held.beyond() == ["y"]
