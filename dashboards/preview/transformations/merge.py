"""`merge`: one table of all frames; rows that agree in what all have become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.results import MOST_ROWS


def merge(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Two rows are one where no column of theirs holds two different values and a shared column is equal."""
    full = [frame for frame in frames if frame.fields]
    if len(full) < 2:
        return list(full)
    columns: dict[str, Field] = {}
    for frame in full:
        for one in frame.fields:
            columns.setdefault(one.name, one)
    shared = [
        name for name in columns if all(any(one.name == name for one in frame.fields) for frame in full)
    ]
    rows: list[dict[str, Any]] = []
    known: dict[tuple[Any, ...], list[int]] = {}
    for frame in full:
        for values in frame.rows()[:MOST_ROWS]:
            row = {one.name: value for one, value in zip(frame.fields, values, strict=True)}
            key = tuple(row.get(name) for name in shared)
            place = next((at for at in known.get(key, []) if shared and _agree(rows[at], row)), None)
            if place is None:
                known.setdefault(key, []).append(len(rows))
                rows.append(row)
            else:
                rows[place].update(row)
    return [
        Frame(
            tuple(
                Field(
                    name,
                    one.kind,
                    [row.get(name) for row in rows[:MOST_ROWS]],
                    legend=one.legend,
                    ref=one.ref,
                )
                for name, one in columns.items()
            )
        )
    ]


def _agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) in (None, value) or value is None for name, value in other.items())
