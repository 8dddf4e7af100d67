"""`sortBy`: rows in the order of one column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.preview.frames.frame import Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.reading.shape import mappings, text


def sort_by(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """The first of `sort` counts, as in Grafana; rows without a value come last."""
    orders = mappings(options.get("sort"), 1)
    if not orders:
        return list(frames)
    name, down = text(orders[0].get("field")), orders[0].get("desc") is True
    return [sorted_rows(frame, name, down, frames) for frame in frames]


def sorted_rows(frame: Frame, name: str, down: bool, frames: Sequence[Frame]) -> Frame:
    """A frame in the order of the column that a reader knows by that name."""
    place = next(
        (at for at, one in enumerate(frame.fields) if display_name(one, frame, frames) == name), None
    )
    if place is None:
        return frame
    rows = frame.rows()
    full = sorted(
        (row for row in rows if row[place] is not None), key=lambda row: order(row[place]), reverse=down
    )
    return frame.with_rows([*full, *(row for row in rows if row[place] is None)])


def order(value: Any) -> tuple[bool, float, str]:
    """Numbers before texts."""
    return (False, float(value), "") if isinstance(value, (int, float)) else (True, 0.0, str(value))
