"""Lengths of time in words."""

from __future__ import annotations

from dashboards.preview.showing import numbers

_STEPS = (
    (31_536_000.0, "year", True),
    (604_800.0, "week", True),
    (86_400.0, "day", True),
    (3_600.0, "hour", True),
    (60.0, "min", False),
    (1.0, "s", False),
    (1e-3, "ms", False),
    (1e-6, "µs", False),
    (1e-9, "ns", False),
)
_PARTS = ((31_536_000, "y"), (604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def seconds(value: float, decimals: int | None) -> str:
    """`1.5 min`, `3 days`: in the largest unit that it fills."""
    size = abs(value)
    length, name, plural = next((step for step in _STEPS if size >= step[0]), _STEPS[5 if not size else -1])
    shown = numbers.fixed(value / length, decimals)
    if name == "min" and shown not in ("1", "-1"):
        return f"{shown} mins"
    return f"{shown} {name}{'s' if plural and shown not in ('1', '-1') else ''}"


def day_time(value: float) -> str:
    """`3d 4h 5m`: the largest parts of a length of seconds."""
    left = abs(value)
    if left < 1:
        return seconds(value, None)
    found = []
    for length, name in _PARTS:
        count, left = divmod(left, length)
        if count:
            found.append(f"{count:.0f}{name}")
    return ("-" if value < 0 else "") + " ".join(found[:3])


def clock(value: float, *, days: bool = False) -> str:
    """`04:05:06`, with `3 d` before it where days are wanted."""
    left = int(abs(value))
    day, rest = divmod(left, 86_400) if days else (0, left)
    hours, rest = divmod(rest, 3_600)
    text = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
    return ("-" if value < 0 else "") + (f"{day} d {text}" if days and day else text)
