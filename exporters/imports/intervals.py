"""How often others fetch: durations, time spans and schedules in their spellings, in seconds. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

DAY = 86_400
_UNITS = {"w": 604_800, "d": DAY, "h": 3600, "m": 60, "s": 1, "ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:w|d|h|ms|us|µs|ns|m|s))+")
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(w|d|h|ms|us|µs|ns|m|s)")
_SPAN = re.compile(r"(?:(\d+)[.:])?(\d{1,2}):(\d{2}):(\d{2})")
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_RANGE = re.compile(r"(\*|\?|\d+)(?:-(\d+))?(?:/(\d+))?")
_ANY = frozenset({"*", "?", "*/1", "1/1"})


def duration(text: str) -> float | None:
    """Seconds of `1m30s`, `300s` or `1.5h`, as Go and Prometheus write them; None for anything else."""
    if len(text) > 40 or not _DURATION.fullmatch(text):
        return None
    return sum(float(amount) * _UNITS[unit] for amount, unit in _PIECE.findall(text))


def span(text: str) -> int | None:
    """Seconds of `00:05:00` or `1.00:00:00`, as .NET writes them; None for anything else."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return days * DAY + hours * 3600 + minutes * 60 + seconds


def iso(text: str) -> int | None:
    """Seconds of `PT5M`, `P1D` or `PT300S`; None for anything else."""
    match = _ISO.fullmatch(text.upper())
    if match is None:
        return None
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return days * DAY + hours * 3600 + minutes * 60 + seconds


def spoken(seconds: float) -> str:
    """`90` -> `1m30s`: a duration as our configuration has it."""
    rest, text = round(seconds), ""
    for unit in ("h", "m", "s"):
        size = int(_UNITS[unit])
        text += f"{rest // size}{unit}" if rest >= size else ""
        rest %= size
    return text or "0s"


def schedule(text: str) -> tuple[int, bool] | None:
    """A cron schedule of five fields, or of six with seconds first: the shortest pause between two runs in
    seconds, and whether all are as long, on every day. None for anything else.
    """
    fields = text.split()
    if len(fields) not in (5, 6):
        return None
    clock = ["0", *fields[:2]] if len(fields) == 5 else fields[:3]
    parts = [_values(each, top) for each, top in zip(clock, (60, 60, 24), strict=True)]
    if not all(parts):
        return None
    seconds, minutes, hours = parts
    runs = sorted(h * 3600 + m * 60 + s for h in hours for m in minutes for s in seconds)
    pauses = [after - before for before, after in pairwise([*runs, runs[0] + DAY])]
    return min(pauses), min(pauses) == max(pauses) and all(each in _ANY for each in fields[-3:])


def _values(field: str, top: int) -> list[int]:
    """The values below `top` that a field of a schedule stands for; empty where it makes no sense."""
    return sorted({value for part in field.split(",") for value in _part(part, top)})


def _part(part: str, top: int) -> Iterator[int]:
    match = _RANGE.fullmatch(part)
    if match is None:
        return
    first, last, step = match.groups()
    start = 0 if first in "*?" else int(first)
    whole = first in "*?" or (step and not last)
    end = top - 1 if whole else int(last or first)
    if end < top and int(step or 1):
        yield from range(start, end + 1, int(step or 1))
