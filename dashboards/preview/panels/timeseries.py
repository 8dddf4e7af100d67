"""`timeseries`: lines, bars or points over time, each under its field's rules."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dashboards.preview.frames.frame import Field, Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.panels.axes import time_axis, value_axis
from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.legend import legend
from dashboards.preview.panels.words import plain
from dashboards.preview.reading.shape import at, flag, mapping, number, text
from dashboards.preview.showing.colours import TEXT, see_through
from dashboards.preview.showing.display import shown, thresholds
from dashboards.preview.showing.field import ends, rules, shown_name, visible

MOST_LINES = 100
MOST_PARTS = 30
_SHAPES = {"smooth": "spline", "stepBefore": "vh", "stepAfter": "hv"}
_DASHES = {"dash": "dash", "dot": "dot"}


@dataclass(frozen=True, slots=True)
class Line:
    """One field that is drawn."""

    name: str
    frame: Frame
    field: Field
    own: Mapping[str, Any]
    tone: str
    low: float
    high: float

    @property
    def custom(self) -> Mapping[str, Any]:
        """The rules that only this kind of panel has."""
        return mapping(self.own.get("custom"))


def timeseries(subject: Subject) -> Drawing:
    """All columns of numbers beside a column of times."""
    found = lines(subject)
    if not found:
        return NOTHING
    drawn = found[:MOST_LINES]
    axes: dict[tuple[str, str], str] = {}
    sides: dict[str, list[Line]] = {}
    traces: list[dict[str, Any]] = []
    numbers: list[tuple[int, ...]] = []
    for line in drawn:
        axis = axes.setdefault(_side(line, bool(axes)), "y" if not axes else "y2")
        sides.setdefault(axis, []).append(line)
        own = _traces(line, axis)
        numbers.append(tuple(range(len(traces), len(traces) + len(own))))
        traces += own
    scope = subject.result.scope
    layout: dict[str, Any] = {
        "xaxis": time_axis(scope.begin, scope.end),
        "hovermode": "x unified" if at(subject.panel.options, "tooltip", "mode") == "multi" else "closest",
        "barmode": "relative" if any(_stack(line) for line in drawn) else "overlay",
        "bargap": 0.1,
    }
    for axis, own_lines in sides.items():
        layout["yaxis" if axis == "y" else "yaxis2"] = _axis(own_lines, right=axis == "y2")
    shapes = _limits(sides.get("y", []))
    if shapes:
        layout["shapes"] = shapes
    more = len(found) - len(drawn)
    return Drawing(
        figure={"data": traces, "layout": layout},
        legend=legend(
            subject, [(line.name, line.tone, line.field.values, line.own) for line in drawn], more, numbers
        ),
        notes=(f"{len(found):,} series; the first {MOST_LINES} are drawn",) if more > 0 else (),
    )


def lines(subject: Subject) -> list[Line]:
    """Fields to draw, each with its name, rules and colour."""
    found: list[Line] = []
    place = 0
    for frame in subject.frames:
        if frame.time is None:
            continue
        for field in frame.fields:
            if field.kind != "number":
                continue
            name = display_name(field, frame, subject.frames)
            own = rules(subject.panel, field, frame, name)
            if "color" not in own:
                own = {**own, "color": {"mode": "palette-classic"}}
            place += 1
            if not visible(own):
                continue
            low, high = ends(own, field.values)
            last = next((one for one in reversed(field.values) if one is not None), None)
            tone = shown(last, {**own, "mappings": []}, low, high, place - 1).tone
            found.append(Line(shown_name(own, field, name), frame, field, own, tone, low, high))
    return found


def _side(line: Line, taken: bool) -> tuple[str, str]:
    """Fields of one unit share an axis; a second unit has the right one."""
    placement = text(line.custom.get("axisPlacement"), "auto")
    return (placement if placement in ("left", "right") else "auto", text(line.own.get("unit")))


def _stack(line: Line) -> str:
    mode = text(at(line.custom, "stacking", "mode"), "none")
    return mode if mode in ("normal", "percent") else ""


def _traces(line: Line, axis: str) -> list[dict[str, Any]]:
    """One trace; several where the area below a line has gaps, which plotly.js would fill."""
    whole, values = _trace(line, axis), line.field.values
    times = line.frame.time.values if line.frame.time else ()
    if whole.get("fill") != "tozeroy" or whole["connectgaps"] or all(one is not None for one in values):
        return [whole]
    parts: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            parts[-1].append(place)
        elif parts[-1]:
            parts.append([])
    full = [part for part in parts if part]
    if len(full) > MOST_PARTS:
        return [{key: one for key, one in whole.items() if key not in ("fill", "fillcolor")}]
    bare = {key: one for key, one in whole.items() if key not in ("x0", "dx")}
    return [
        bare
        | {
            "x": [times[place] for place in part],
            "y": [whole["y"][place] for place in part],
            "text": [whole["text"][place] for place in part],
            **({"mode": "lines+markers"} if len(part) == 1 else {}),
        }
        for part in full
    ]


def _trace(line: Line, axis: str) -> dict[str, Any]:
    custom, time = line.custom, line.frame.time
    sign = -1.0 if custom.get("transform") == "negative-Y" else 1.0
    values = [None if one is None else one * sign for one in line.field.values]
    trace: dict[str, Any] = {
        **_when(time.values if time else (), values, line.frame.step),
        "name": plain(line.name),
        "text": [
            None if one is None else plain(shown(one, line.own, line.low, line.high).text)
            for one in line.field.values
        ],
        "hovertemplate": "%{fullData.name}  <b>%{text}</b><extra></extra>",
        "yaxis": axis,
        "showlegend": False,
    }
    tone = line.tone
    fill = (number(custom.get("fillOpacity")) or 0.0) / 100
    style = text(custom.get("drawStyle"), "line")
    if style == "bars":
        return trace | {
            "type": "bar",
            "marker": {"color": see_through(tone, max(fill, 0.3)), "line": {"width": 0}},
        }
    width = number(custom.get("lineWidth"))
    trace |= {
        "type": "scatter",
        "mode": "markers" if style == "points" else _mode(custom, values),
        "line": {
            "color": tone,
            "width": min(1.0 if width is None else width, 10.0),
            "shape": _SHAPES.get(text(custom.get("lineInterpolation")), "linear"),
            "smoothing": 0.7,
            "dash": _DASHES.get(text(at(custom, "lineStyle", "fill")), "solid"),
        },
        "marker": {"color": tone, "size": min(number(custom.get("pointSize")) or 5.0, 20.0)},
        # A number of milliseconds there means gaps up to that length; none here is so short.
        "connectgaps": custom.get("spanNulls") is True,
    }
    stack = _stack(line)
    if stack and style != "points":
        trace |= {
            "stackgroup": f"{axis}{text(at(custom, 'stacking', 'group'), 'A')[:20]}",
            "line": {**trace["line"], "dash": "solid"},
        }
        if stack == "percent":
            trace["groupnorm"] = "percent"
        trace["fillcolor"] = see_through(tone, fill)
        trace.pop("connectgaps")
    elif fill and style == "line":
        trace |= {"fill": "tozeroy", "fillcolor": see_through(tone, fill)}
    return trace


def _mode(custom: Mapping[str, Any], values: Sequence[Any]) -> str:
    """Points are seen where they are wanted, or where a line would not show them."""
    known = sum(one is not None for one in values)
    return "lines+markers" if custom.get("showPoints") == "always" or known < 2 else "lines"


def _when(times: Sequence[Any], values: list[Any], step: int) -> dict[str, Any]:
    """Points at even distances need no list of times."""
    even = step > 0 and len(times) > 1 and all(after - before == step for before, after in pairwise(times))
    if even:
        return {"x0": times[0], "dx": step, "y": values}
    return {"x": list(times), "y": values}


def _axis(drawn: Sequence[Line], *, right: bool) -> dict[str, Any]:
    own = drawn[0].own
    stacked = [line for line in drawn if _stack(line)]
    if any(_stack(line) == "percent" for line in stacked):
        axis = value_axis({"unit": "percent", "min": 0, "max": 100}, [])
    else:
        values = [
            one * (-1 if line.custom.get("transform") == "negative-Y" else 1)
            for line in drawn
            for one in line.field.values
            if one is not None
        ]
        if stacked:
            values += _sums(stacked)
        from_zero = any((number(line.custom.get("fillOpacity")) or 0) > 0 for line in drawn)
        if flag(mapping(own.get("custom")).get("axisCenteredZero")):
            values += [-one for one in values]
        axis = value_axis(own, values, from_zero=from_zero)
    return axis | ({"overlaying": "y", "side": "right", "showgrid": False} if right else {})


def _sums(stacked: Sequence[Line]) -> list[float]:
    """How high stacks are, at each time."""
    sums: dict[Any, float] = {}
    for line in stacked:
        time = line.frame.time
        for when, value in zip(time.values if time else (), line.field.values, strict=False):
            sums[when] = sums.get(when, 0.0) + (value or 0.0)
    return list(sums.values())


def _limits(drawn: Sequence[Line]) -> list[dict[str, Any]]:
    """Thresholds as lines or areas behind the lines."""
    if not drawn:
        return []
    line = drawn[0]
    mode = text(at(line.custom, "thresholdsStyle", "mode"), "off")
    if mode in ("off", "series"):
        return []
    steps = thresholds(line.own, line.low, line.high)
    shapes: list[dict[str, Any]] = []
    for place, (limit, named) in enumerate(steps):
        tone = "#808080" if named == TEXT else named
        top = steps[place + 1][0] if place + 1 < len(steps) else None
        # The first step has no limit; another one without a limit takes its place.
        lowest = limit == -math.inf
        if "area" in mode and tone != "transparent" and top != -math.inf and not (lowest and top is None):
            shapes.append(_band(None if lowest else limit, top, see_through(tone, 0.1)))
        if "line" in mode or "dashed" in mode:
            if lowest:
                continue
            dash = "dash" if "dashed" in mode else "solid"
            shapes.append(
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": 0,
                    "x1": 1,
                    "y0": limit,
                    "y1": limit,
                    "line": {"color": tone, "width": 1.5, "dash": dash},
                }
            )
    return shapes


def _band(low: float | None, high: float | None, tone: str) -> dict[str, Any]:
    far = 1e15
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": -far if low is None else low,
        "y1": far if high is None else high,
        "fillcolor": tone,
        "line": {"width": 0},
        "layer": "below",
    }
