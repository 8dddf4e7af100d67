"""Figures in words."""

from __future__ import annotations

import pytest

from singlepane.server.words import ago, breakable, clock, count, moment, named, sentence, when
from tests.server.estates import NOW


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (86_399, "23 h"),
        (86_400, "1 d"),
        (31_536_000, "365 d"),
    ],
)
def test_ago(seconds: float, words: str) -> None:
    """One unit, rounded down, never negative."""
    assert ago(seconds) == words


def test_count() -> None:
    """One of them is one, thousands are grouped."""
    assert [count(number, "alert") for number in (0, 1, 2, 12_400)] == [
        "0 alerts",
        "1 alert",
        "2 alerts",
        "12,400 alerts",
    ]


def test_moments() -> None:
    """UTC, and said so."""
    assert moment(1_795_435_200) == "2026-11-23 12:00:00 UTC"
    assert clock(1_795_435_200) == "12:00:00 UTC"


def test_sentence() -> None:
    """It ends once."""
    assert [sentence(text) for text in ("It hangs", "It hangs.", "Why? ", "It hangs …")] == [
        "It hangs.",
        "It hangs.",
        "Why?",
        "It hangs …",
    ]


def test_named() -> None:
    """A few by name, the rest by number."""
    assert [named(names) for names in (["a"], ["a", "b"], ["a", "b", "c"], list("abcdefg"))] == [
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 4 more",
    ]


def test_breakable() -> None:
    """Long words alone."""
    assert breakable("served by store") == "served by store"
    assert breakable("deduplicated once") == "dedupli\u00adcated once"


def test_the_time_of_day_names_the_day_where_it_is_another() -> None:
    """Today's time alone; else the day, and the year where that is another too; always the zone."""
    assert when(NOW - 60, NOW) == "11:59 UTC"
    assert when(NOW - 86_400, NOW) == "22 Nov 12:00 UTC"
    assert when(NOW - 366 * 86_400, NOW) == "22 Nov 2025 12:00 UTC"
