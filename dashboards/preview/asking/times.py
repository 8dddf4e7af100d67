"""Moments as Grafana writes them: `now-1h`, `now/d`, milliseconds since 1970, or a date.

Contract: grafana/grafana packages/grafana-data/src/datetime/datemath.ts. Times here are in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_RELATIVE = re.compile(r"now((?:[+-]\d{1,6}(?:ms|[smhdwMQy])|/[smhdwMy])*)")
_PART = re.compile(r"([+-])(\d+)(ms|[smhdwMQy])|/([smhdwMy])")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
# From 1970 to the year 3000: what lies outside is no moment of a dashboard.
LATEST = 32_503_680_000_000


def moment(text: str, now: float, *, upper: bool = False) -> int | None:
    """Milliseconds since 1970, or None where the text is no moment. `upper` is the end of a range.

    `now` in seconds since 1970.
    """
    plain = text.strip()
    if re.fullmatch(r"\d{1,15}", plain):
        found = int(plain)
        return found if found <= LATEST else None
    relative = _RELATIVE.fullmatch(plain)
    if relative:
        return _relative(relative[1], now, upper)
    try:
        date = datetime.fromisoformat(plain)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return _within(date.timestamp())


def _relative(steps: str, now: float, upper: bool) -> int | None:
    at = datetime.fromtimestamp(now, UTC)
    try:
        for sign, count, unit, rounded in _PART.findall(steps):
            at = _rounded(at, rounded, upper) if rounded else _moved(at, int(sign + count), unit)
        return _within(at.timestamp())
    except (OverflowError, ValueError):
        return None


def _within(seconds: float) -> int | None:
    found = round(seconds * 1_000)
    return found if 0 <= found <= LATEST else None


def _moved(at: datetime, count: int, unit: str) -> datetime:
    if unit in _UNITS:
        return at + timedelta(seconds=count * _UNITS[unit])
    months = at.year * 12 + at.month - 1 + count * {"M": 1, "Q": 3, "y": 12}[unit]
    year, month = divmod(months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, 28))


def _rounded(at: datetime, unit: str, upper: bool) -> datetime:
    start = at.replace(microsecond=0)
    start = start if unit == "s" else start.replace(second=0)
    if unit in "hdwMy":
        start = start.replace(minute=0)
    if unit in "dwMy":
        start = start.replace(hour=0)
    if unit == "w":
        start -= timedelta(days=start.weekday())
    if unit in "My":
        start = start.replace(day=1)
    if unit == "y":
        start = start.replace(month=1)
    return _moved(start, 1, unit) - timedelta(milliseconds=1) if upper else start
