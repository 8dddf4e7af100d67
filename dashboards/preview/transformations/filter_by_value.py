"""`filterByValue`: rows that fulfil conditions, or do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.preview.asking.patterns import compiled, found
from dashboards.preview.frames.frame import Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.reading.shape import at, mappings, number, text


def filter_by_value(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """`type` include or exclude, `match` any or all of `filters`."""
    rules = mappings(options.get("filters"), 50)
    every = options.get("match") == "all"
    include = options.get("type") != "exclude"
    if not rules:
        return list(frames)
    made = []
    for frame in frames:
        names = [display_name(one, frame, frames) for one in frame.fields]
        own = [
            (names.index(text(rule.get("fieldName"))), rule)
            for rule in rules
            if text(rule.get("fieldName")) in names
        ]
        if not own:
            made.append(frame)
            continue
        kept = []
        for row in frame.rows():
            held = [_holds(row[place], rule) for place, rule in own]
            if (all(held) if every else any(held)) is include:
                kept.append(row)
        made.append(frame.with_rows(kept))
    return made


def _holds(value: Any, rule: Mapping[str, Any]) -> bool:
    kind, wanted = text(at(rule, "config", "id")), at(rule, "config", "options", "value")
    if kind in ("isNull", "isNotNull"):
        return (value is None) is (kind == "isNull")
    if kind == "regex":
        pattern = compiled(text(wanted))
        return pattern is not None and value is not None and found(pattern, str(value)) is not None
    if kind in ("substring", "notSubstring"):
        return (text(wanted).lower() in str(value).lower()) is (kind == "substring")
    if kind in ("equal", "notEqual"):
        one, other = number(value), number(wanted)
        same = one == other if one is not None and other is not None else str(value) == text(wanted)
        return same is (kind == "equal")
    return _compared(kind, number(value), rule)


def _compared(kind: str, value: float | None, rule: Mapping[str, Any]) -> bool:
    limit = number(at(rule, "config", "options", "value"))
    low, high = (number(at(rule, "config", "options", end)) for end in ("from", "to"))
    if value is None:
        return False
    if kind == "range":
        return low is not None and high is not None and low <= value <= high
    if limit is None:
        return False
    return {
        "greater": value > limit,
        "greaterOrEqual": value >= limit,
        "lower": value < limit,
        "lowerOrEqual": value <= limit,
    }.get(kind, False)
