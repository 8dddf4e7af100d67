"""`heatmap`: how many fell into each bucket, over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards.preview.frames.naming import display_name
from dashboards.preview.panels.axes import time_axis
from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.words import plain
from dashboards.preview.reading.shape import at, number, text
from dashboards.preview.showing.colours import HEATMAPS, colour, see_through
from dashboards.preview.showing.units import written

MOST_ROWS = 100


def heatmap(subject: Subject) -> Drawing:
    """A row for each series: buckets in their order, from the least up."""
    rows = []
    for frame in subject.frames:
        for field in frame.fields:
            if field.kind == "number" and frame.time is not None:
                points = dict(zip(frame.time.values, field.values, strict=True))
                rows.append((display_name(field, frame, subject.frames), points))
    rows = rows[:MOST_ROWS]
    times = sorted({when for _, points in rows for when in points})
    if not times:
        return NOTHING
    options = subject.panel.options
    unit = text(at(options, "yAxis", "unit")) or text(subject.panel.defaults.get("unit"))
    least = number(at(options, "filterValues", "le"))
    cells = [[_cell(points.get(when), least) for when in times] for _, points in rows]
    names = [_bound(name, unit) for name, _ in rows]
    value_unit = text(at(options, "cellValues", "unit"))
    words = [[None if one is None else plain(written(one, value_unit)) for one in row] for row in cells]
    trace = {
        "type": "heatmap",
        "x": times,
        "y": list(range(len(rows))),
        "z": cells,
        "text": words,
        "hovertemplate": "%{x}<br>%{y}: <b>%{text}</b><extra></extra>",
        "colorscale": _scale(options),
        "xgap": 1,
        "ygap": 1,
        "showscale": False,
    }
    every = max(len(rows) // 12, 1)
    layout = {
        "xaxis": time_axis(subject.result.scope.begin, subject.result.scope.end),
        "yaxis": {
            "tickvals": list(range(0, len(rows), every)),
            "ticktext": names[::every],
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
        },
        "hovermode": "closest",
    }
    return Drawing(figure={"data": [trace], "layout": layout})


def _cell(value: Any, least: float | None) -> float | None:
    """Empty cells stay empty: what is below the panel's own filter, and zero."""
    if value is None or value <= (least or 0.0):
        return None
    return float(value)


def _bound(name: str, unit: str) -> str:
    limit = number(name)
    return plain(name if limit is None else written(limit, unit), 40)


def _scale(options: Any) -> list[list[Any]]:
    if at(options, "color", "mode") == "opacity":
        tone = colour(at(options, "color", "fill"), "#FA6400")
        return [[0, see_through(tone, 0.1)], [1, tone]]
    scheme: Sequence[str] = HEATMAPS.get(text(at(options, "color", "scheme")).lower(), HEATMAPS["oranges"])
    # There, `reverse` is the order of the scheme's own name.
    stops = list(scheme)[::-1] if at(options, "color", "reverse") is True else list(scheme)
    return [[place / (len(stops) - 1), stop] for place, stop in enumerate(stops)]
