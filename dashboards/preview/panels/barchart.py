"""`barchart`: a bar, or a group of bars, for each row."""

from __future__ import annotations

from typing import Any

from dashboards.preview.frames.frame import Frame
from dashboards.preview.frames.naming import display_name
from dashboards.preview.panels.axes import value_axis
from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.legend import legend
from dashboards.preview.panels.words import plain
from dashboards.preview.reading.shape import text
from dashboards.preview.showing.display import shown
from dashboards.preview.showing.field import ends, rules, shown_name, visible
from dashboards.preview.transformations.labels_to_fields import labels_to_fields

MOST_BARS = 100


def barchart(subject: Subject) -> Drawing:
    """The first column of texts (or `xField`) names the rows."""
    frames = [frame for frame in subject.frames if len(frame)]
    if not frames:
        return NOTHING
    frame = frames[0] if len(frames) == 1 and _names(subject, frames[0]) else labels_to_fields(frames, {})[0]
    names = _names(subject, frame)
    traces: list[dict[str, Any]] = []
    rows, values = [], []
    lying = text(subject.panel.options.get("orientation")) == "horizontal"
    labels = names[:MOST_BARS] or [str(place + 1) for place in range(min(len(frame), MOST_BARS))]
    for field in frame.fields:
        name = display_name(field, frame, [frame])
        own = rules(subject.panel, field, frame, name)
        own = own if "color" in own else {**own, "color": {"mode": "palette-classic"}}
        if field.kind != "number" or not visible(own):
            continue
        low, high = ends(own, field.values)
        drawn = [shown(one, own, low, high, len(traces)) for one in field.values[:MOST_BARS]]
        numbers = [one.number for one in drawn]
        values += [one for one in numbers if one is not None]
        shown_as = shown_name(own, field, name)
        places = list(range(len(labels)))
        traces.append(
            {
                "type": "bar",
                "orientation": "h" if lying else "v",
                "x": numbers if lying else places,
                "y": places if lying else numbers,
                "name": plain(shown_as),
                "marker": {"color": [one.tone if one.tone.startswith("#") else "#8E8E8E" for one in drawn]},
                "text": [plain(one.text) for one in drawn],
                "textposition": "none" if text(subject.panel.options.get("showValue")) == "never" else "auto",
                "hovertemplate": "%{fullData.name}  <b>%{text}</b><extra></extra>",
                "showlegend": False,
            }
        )
        rows.append((shown_as, drawn[0].tone if drawn else "#8E8E8E", field.values, own))
    if not traces:
        return NOTHING
    stacked = text(subject.panel.options.get("stacking"), "none") != "none"
    named = {
        "tickvals": list(range(len(labels))),
        "ticktext": [plain(one, 40) for one in labels],
        "automargin": True,
        "fixedrange": True,
    }
    valued = value_axis(rows[0][3], values, from_zero=True)
    if stacked:
        valued = {key: one for key, one in valued.items() if key not in ("range", "tickvals", "ticktext")}
    if lying:
        named["autorange"] = "reversed"
    layout = {
        "xaxis": valued if lying else named,
        "yaxis": named if lying else valued,
        "barmode": "stack" if stacked else "group",
        "hovermode": "closest",
    }
    more = len(frame) - MOST_BARS
    return Drawing(
        figure={"data": traces, "layout": layout},
        legend=legend(subject, rows) if len(rows) > 1 else legend(subject, []),
        notes=(f"{more:,} more bars",) if more > 0 else (),
    )


def _names(subject: Subject, frame: Frame) -> list[str]:
    wanted = text(subject.panel.options.get("xField"))
    column = next((one for one in frame.fields if one.name == wanted), None) or next(
        (one for one in frame.fields if one.kind == "string"), None
    )
    return ["" if one is None else str(one) for one in column.values] if column else []
