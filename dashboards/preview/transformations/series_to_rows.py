"""`seriesToRows`: all series in one table of time, name and value, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.frames.results import MOST_ROWS


def series_to_rows(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Only series: frames without times are left as they are."""
    rows: list[tuple[Any, str, Any]] = []
    for frame in frames:
        if frame.time is None:
            return list(frames)
        for one in frame.fields:
            if one.kind == "number":
                name = display_name(one, frame, frames)
                rows += [
                    (when, name, value) for when, value in zip(frame.time.values, one.values, strict=True)
                ]
    rows.sort(key=lambda row: row[0] or 0, reverse=True)
    rows = rows[:MOST_ROWS]
    return [
        Frame(
            (
                Field("Time", "time", [row[0] for row in rows]),
                Field("Metric", "string", [row[1] for row in rows]),
                Field("Value", "number", [row[2] for row in rows]),
            )
        )
    ]
