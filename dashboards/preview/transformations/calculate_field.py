"""`calculateField`: a new column out of others of its row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.frames.reducers import reduced, title
from dashboards.preview.reading.shape import at, flag, mapping, number, text, texts
from dashboards.preview.transformations.join_by_field import joined

_OPERATORS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": math.fmod,
    "**": lambda left, right: left**right,
}
_UNARY: Mapping[str, Callable[[float], float]] = {
    "abs": abs,
    "exp": math.exp,
    "ln": math.log,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
}


def calculate_field(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Series are first put side by side by their time."""
    side_by_side = frames
    if len(frames) > 1 and all(frame.time is not None for frame in frames):
        side_by_side = joined(frames, "")
    return [_with(frame, side_by_side, options) for frame in side_by_side]


def _with(frame: Frame, frames: Sequence[Frame], options: Mapping[str, Any]) -> Frame:
    named = {display_name(one, frame, frames): one for one in frame.fields}
    mode = text(options.get("mode"), "reduceRow")
    if mode == "binary":
        name, values = _binary(named, len(frame), mapping(options.get("binary")))
    elif mode == "unary":
        name, values = _unary(named, mapping(options.get("unary")))
    elif mode == "index":
        name, values = "Row", [float(row) for row in range(len(frame))]
    else:
        name, values = _row(named, mode, options)
    if values is None:
        return frame
    new = Field(text(options.get("alias")) or name, "number", values)
    if flag(options.get("replaceFields")):
        time = frame.time
        return replace(frame, fields=(*([time] if time else []), new))
    return replace(frame, fields=(*frame.fields, new))


def _side(named: Mapping[str, Field], rows: int, side: object) -> tuple[str, Sequence[Any]] | None:
    """A column by its name, or one number for all rows."""
    name = text(side) or text(at(side, "matcher", "options")) or text(at(side, "fixed"))
    if name in named:
        return name, named[name].values
    fixed = number(name)
    return None if fixed is None else (name, [fixed] * rows)


def _binary(
    named: Mapping[str, Field], rows: int, options: Mapping[str, Any]
) -> tuple[str, list[Any] | None]:
    left, right = (_side(named, rows, options.get(side)) for side in ("left", "right"))
    sign = text(options.get("operator"), "+")
    operator = _OPERATORS.get(sign)
    if left is None or right is None or operator is None:
        return "", None
    values = [_applied(operator, one, other) for one, other in zip(left[1], right[1], strict=True)]
    return f"{left[0]} {sign} {right[0]}", values


def _unary(named: Mapping[str, Field], options: Mapping[str, Any]) -> tuple[str, list[Any] | None]:
    name, how = text(options.get("fieldName")), text(options.get("operator"))
    operator = _UNARY.get(how)
    if name not in named or operator is None:
        return "", None
    return f"{how}({name})", [_applied(operator, one) for one in named[name].values]


def _applied(operator: Callable[..., float], *values: Any) -> float | None:
    if not all(isinstance(one, (int, float)) for one in values):
        return None
    try:
        found = operator(*(float(one) for one in values))
    except (ArithmeticError, ValueError):
        return None
    return float(found) if isinstance(found, (int, float)) and math.isfinite(found) else None


def _row(named: Mapping[str, Field], mode: str, options: Mapping[str, Any]) -> tuple[str, list[Any] | None]:
    """A calculation over the row, or over the column so far."""
    rule = mapping(options.get("cumulative" if mode == "cumulativeFunctions" else "reduce"))
    calc = text(rule.get("reducer"), "sum")
    wanted = texts(rule.get("include")) or ((text(rule.get("field")),) if rule.get("field") else ())
    columns = [one for name, one in named.items() if one.kind == "number" and (not wanted or name in wanted)]
    if not columns:
        return "", None
    if mode == "cumulativeFunctions":
        values: list[Any] = [
            reduced(calc, columns[0].values[: row + 1]) for row in range(len(columns[0].values))
        ]
        return f"cumulative {calc}", values
    return title(calc), [reduced(calc, row) for row in zip(*(one.values for one in columns), strict=True)]
