"""`organize`: columns left out, put in order and renamed, by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.frames.frame import Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.reading.shape import mapping, number, text


def organize(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Columns without a place come after those that have one, in their order."""
    excluded, included = mapping(options.get("excludeByName")), mapping(options.get("includeByName"))
    order, renamed = mapping(options.get("indexByName")), mapping(options.get("renameByName"))
    made = []
    for frame in frames:
        named = [(display_name(one, frame, frames), one) for one in frame.fields]
        kept = [
            (name, one)
            for name, one in named
            if excluded.get(name) is not True
            and not (any(value is True for value in included.values()) and included.get(name) is not True)
        ]
        placed = sorted(
            kept, key=lambda row: (number(order.get(row[0])) is None, number(order.get(row[0])) or 0.0)
        )
        if not order:
            placed = kept
        fields = []
        for name, one in placed:
            new = text(renamed.get(name))
            # A name that told equal columns apart stays theirs when the others have gone.
            fields.append(
                one.named(new) if new else one.named(name) if name != one.name and not one.labels else one
            )
        made.append(replace(frame, fields=tuple(fields)))
    return made
