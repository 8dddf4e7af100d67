"""What a reader sees as a field's name.

Contract: grafana/grafana packages/grafana-data/src/field/fieldState.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.preview.frames.frame import TIME, VALUE, Field, Frame


def labelled(labels: Mapping[str, str]) -> str:
    """`{a="b", c="d"}`."""
    return (
        "{" + ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items())) + "}" if labels else ""
    )


def display_name(field: Field, frame: Frame, frames: Sequence[Frame]) -> str:
    """Its legend; else what tells it apart: its own name and its labels, or the one label that all have."""
    if field.legend:
        return field.legend
    if field.kind == "time" and not field.labels:
        return unique_name(field, frame)
    parts = []
    if frame.name and field.labels and field.name == VALUE:
        parts.append(frame.name)
    if field.name and field.name != VALUE:
        parts.append(field.name)
    if field.labels:
        single = _single_label(frames)
        if not single:
            parts.append(labelled(field.labels))
        elif single in field.labels:
            # The metric's name says nothing more beside a label that tells all series apart.
            parts.append(field.labels[single])
    if not parts and frame.name and field.name == VALUE:
        parts.append(frame.name)
    name = " ".join(parts) or field.name or VALUE
    return unique_name(field, frame) if name == field.name else name


def unique_name(field: Field, frame: Frame) -> str:
    """`Time 1`, `Time 2` where several columns of a frame have one name."""
    same = [one for one in frame.fields if one.name == field.name]
    if len(same) < 2:
        return field.name or TIME
    place = next((place for place, one in enumerate(same) if one is field), 0)
    return f"{field.name} {place + 1}"


def _single_label(frames: Sequence[Frame]) -> str:
    """The one label that all fields with labels have, and no other; else nothing."""
    names: set[str] = set()
    for frame in frames:
        for field in frame.fields:
            names |= field.labels.keys()
            if len(names) > 1:
                return ""
    return names.pop() if names else ""
