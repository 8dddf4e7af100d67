"""`labelsToFields`: labels as columns, or as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.reading.shape import text, texts
from dashboards.preview.transformations.merge import merge


def labels_to_fields(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Columns: one table of all series. Rows: a table of labels and values for each."""
    kept = set(texts(options.get("keepLabels")))
    if options.get("mode") == "rows":
        return [_as_rows(one.labels, kept) for frame in frames for one in frame.fields if one.labels]
    value_label = text(options.get("valueLabel"))
    return merge([_as_columns(frame, kept, value_label) for frame in frames], {})


def _as_columns(frame: Frame, kept: set[str], value_label: str) -> Frame:
    labels: dict[str, str] = {}
    fields: list[Field] = []
    for one in frame.fields:
        own = one.labels
        labels |= {
            key: value for key, value in own.items() if key != value_label and (not kept or key in kept)
        }
        name = own.get(value_label) or (
            one.name if one.name != "Value" else one.legend or frame.name or one.name
        )
        fields.append(Field(name if one.kind != "time" else one.name, one.kind, one.values, ref=one.ref))
    columns = [Field(key, "string", [value] * len(frame)) for key, value in labels.items()]
    times = [one for one in fields if one.kind == "time"]
    return Frame((*times, *columns, *(one for one in fields if one.kind != "time")), frame.ref)


def _as_rows(labels: Mapping[str, str], kept: set[str]) -> Frame:
    pairs = [(key, value) for key, value in labels.items() if not kept or key in kept]
    return Frame(
        (
            Field("label", "string", [key for key, _ in pairs]),
            Field("value", "string", [value for _, value in pairs]),
        )
    )
