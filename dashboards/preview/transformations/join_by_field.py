"""`joinByField` (once `seriesToColumns`): one table, a row for each value of one field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.reading.shape import text


def join_by_field(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """`byField` names it, the time where it does not; `mode` inner keeps what all have."""
    return joined(frames, text(options.get("byField")), inner=options.get("mode") == "inner")


def joined(frames: Sequence[Frame], name: str, *, inner: bool = False) -> list[Frame]:
    """All frames that have the field, side by side."""
    sides = []
    for frame in frames:
        key = next(
            (
                one
                for one in frame.fields
                if (display_name(one, frame, frames) == name if name else one.kind == "time")
            ),
            None,
        )
        if key is not None:
            sides.append((frame, key))
    if not sides:
        return list(frames)
    if len(sides) == 1:
        return [sides[0][0]]
    places = [{value: row for row, value in enumerate(key.values)} for _, key in sides]
    keys = list(dict.fromkeys(value for found in places for value in found))
    if inner:
        keys = [value for value in keys if all(value in found for found in places)]
    first = sides[0][1]
    if first.kind != "string":
        keys.sort(key=lambda value: (value is None, value or 0))
    fields = [replace(first, values=keys, labels={}, legend="")]
    for (frame, key), found in zip(sides, places, strict=True):
        rows = [found.get(value) for value in keys]
        fields += [_placed(one, frame, rows) for one in frame.fields if one is not key]
    return [Frame(tuple(fields), step=min((frame.step for frame, _ in sides), default=0))]


def _placed(one: Field, frame: Frame, rows: Sequence[int | None]) -> Field:
    values = [None if row is None else one.values[row] for row in rows]
    legend = one.legend or (frame.name if frame.name and one.kind == "number" and not one.labels else "")
    return replace(one, values=values, legend=legend)
