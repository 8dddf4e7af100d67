"""`groupBy`: one row for each group, with what is calculated of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.frames.reducers import reduced
from dashboards.preview.reading.shape import mapping, texts


def group_by(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Each frame by itself. Frames without a column to group by are left out."""
    wanted = mapping(options.get("fields"))
    made = []
    for frame in frames:
        rules = [(one, mapping(wanted.get(display_name(one, frame, frames)))) for one in frame.fields]
        keys = [one for one, rule in rules if rule.get("operation") == "groupby"]
        if not keys:
            continue
        groups: dict[tuple[Any, ...], list[int]] = {}
        for row, key in enumerate(zip(*(one.values for one in keys), strict=True)):
            groups.setdefault(key, []).append(row)
        fields = [replace(one, values=[key[place] for key in groups]) for place, one in enumerate(keys)]
        for one, rule in rules:
            if rule.get("operation") == "aggregate":
                name = display_name(one, frame, frames)
                fields += [
                    _calculated(one, name, calc, groups.values()) for calc in texts(rule.get("aggregations"))
                ]
        made.append(replace(frame, fields=tuple(fields), step=0))
    return made


def _calculated(one: Field, name: str, calc: str, groups: Any) -> Field:
    values = [reduced(calc, [one.values[row] for row in rows]) for rows in groups]
    kind = one.kind if calc.startswith(("first", "last")) else "number"
    return Field(f"{name} ({calc})", kind, values, ref=one.ref)
