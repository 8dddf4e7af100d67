"""`reduce`: each column as one row of what is calculated of it, or each column to one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.frames.reducers import reduced, title
from dashboards.preview.reading.shape import flag, texts


def reduce(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """`mode` seriesToRows makes a table, reduceFields keeps the columns."""
    calcs = texts(options.get("reducers")) or ("max",)
    if options.get("mode") == "reduceFields":
        return [_columns(frame, calcs[0]) for frame in frames]
    columns = [(frame, one) for frame in frames for one in frame.fields if one.kind == "number"]
    names = (
        sorted({key for _, one in columns for key in one.labels})
        if flag(options.get("labelsToFields"))
        else []
    )
    shown = [one.name if names else display_name(one, frame, frames) for frame, one in columns]
    return [
        Frame(
            (
                Field("Field", "string", shown),
                *(Field(name, "string", [one.labels.get(name) for _, one in columns]) for name in names),
                *(
                    Field(title(calc), "number", [reduced(calc, one.values) for _, one in columns])
                    for calc in calcs
                ),
            )
        )
    ]


def _columns(frame: Frame, calc: str) -> Frame:
    kept = [one for one in frame.fields if one.kind != "time"]
    return replace(
        frame, fields=tuple(replace(one, values=[reduced(calc, one.values)]) for one in kept), step=0
    )
