"""Single values out of frames, as stat, gauge, bar gauge and pie chart show them.

Contract: grafana/grafana packages/grafana-data/src/field/fieldDisplay.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.preview.asking.patterns import compiled, found
from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.frames.reducers import reduced
from dashboards.preview.panels.drawing import Subject
from dashboards.preview.reading.shape import at, flag, text, texts, whole
from dashboards.preview.showing.display import Shown, shown
from dashboards.preview.showing.field import ends, rules, shown_name, visible

MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Single:
    """One value with its name, its field's rules and, for a line behind it, all values of the field."""

    name: str
    shown: Shown
    own: Mapping[str, Any]
    low: float
    high: float
    line: Sequence[Any] = ()


def singles(subject: Subject) -> list[Single]:
    """Values by the panel's `reduceOptions`: one for each field, or one for each row."""
    options = subject.panel.options
    calc = (texts(at(options, "reduceOptions", "calcs")) or ("lastNotNull",))[0]
    each = flag(at(options, "reduceOptions", "values"))
    most = whole(at(options, "reduceOptions", "limit"), MOST_VALUES, 1, MOST_VALUES)
    wanted = text(at(options, "reduceOptions", "fields"))
    made: list[Single] = []
    for frame in subject.frames:
        for field in frame.fields:
            name = display_name(field, frame, subject.frames)
            if not _wanted(wanted, field, name):
                continue
            own = rules(subject.panel, field, frame, name)
            if visible(own):
                made += _of(field, frame, own, shown_name(own, field, name), calc, each, len(made))
            if len(made) >= most:
                return made[:most]
    return made


def _wanted(pattern: str, field: Field, name: str) -> bool:
    if not pattern:
        return field.kind == "number"
    if pattern == "/.*/":
        return True
    expression = compiled(pattern) if pattern.startswith("/") else None
    return found(expression, name) is not None if expression else name == pattern


def _of(
    field: Field, frame: Frame, own: Mapping[str, Any], name: str, calc: str, each: bool, place: int
) -> list[Single]:
    low, high = ends(own, field.values)
    if not each:
        return [
            Single(
                name, shown(reduced(calc, field.values), own, low, high, place), own, low, high, field.values
            )
        ]
    names = next((one.values for one in frame.fields if one.kind == "string"), None)
    made = []
    for row, value in enumerate(field.values[:MOST_VALUES]):
        label = str(names[row]) if names is not None and names[row] is not None else name
        made.append(Single(label, shown(value, own, low, high, place + row), own, low, high))
    return made
