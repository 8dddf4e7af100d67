"""Moments as Grafana writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboards.preview.asking.times import moment

NOW = datetime(2026, 3, 18, 13, 45, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("now", "2026-03-18T13:45:30"),
        ("now-1h", "2026-03-18T12:45:30"),
        ("now/d", "2026-03-18T00:00:00"),
        ("now-1d/d", "2026-03-17T00:00:00"),
        ("now/w", "2026-03-16T00:00:00"),
        ("now-1M", "2026-02-18T13:45:30"),
        ("2026-01-02", "2026-01-02T00:00:00"),
        ("1767312000000", "2026-01-02T00:00:00"),
    ],
)
def test_beginnings(text: str, shown: str) -> None:
    """Relative, rounded down, dates, milliseconds; all in UTC."""
    found = moment(text, NOW)
    assert found is not None
    assert datetime.fromtimestamp(found / 1_000, UTC).isoformat()[:19] == shown


def test_an_end_is_rounded_up() -> None:
    """`now/d` to `now/d` is the whole day."""
    found = moment("now/d", NOW, upper=True)
    assert found is not None
    assert datetime.fromtimestamp(found / 1_000, UTC).isoformat()[:19] == "2026-03-18T23:59:59"


@pytest.mark.parametrize("text", ["", "yesterday", "now-", "now-99999y", "9" * 16, "now-1x", "-5"])
def test_what_is_no_moment(text: str) -> None:
    """Is none."""
    assert moment(text, NOW) is None
