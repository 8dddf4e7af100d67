"""`piechart`: shares of a whole."""

from __future__ import annotations

from dashboards.preview.panels.drawing import NOTHING, Drawing, Entry, Legend, Subject
from dashboards.preview.panels.values import singles
from dashboards.preview.panels.words import plain
from dashboards.preview.reading.shape import at, flag, text, texts
from dashboards.preview.showing.colours import CLASSIC


def piechart(subject: Subject) -> Drawing:
    """A slice for each value above zero."""
    found = [one for one in singles(subject) if one.shown.number is not None and one.shown.number > 0]
    if not found:
        return NOTHING
    options = subject.panel.options
    tones = [
        CLASSIC[place % len(CLASSIC)]
        if "color" not in one.own or not one.shown.tone.startswith("#")
        else one.shown.tone
        for place, one in enumerate(found)
    ]
    total = sum(one.shown.number or 0.0 for one in found)
    labels = texts(options.get("displayLabels"))
    parts = {"name": "label", "value": "text", "percent": "percent"}
    trace = {
        "type": "pie",
        "labels": [f"{plain(one.name, 100)}" for one in found],
        "values": [one.shown.number for one in found],
        "text": [plain(one.shown.text) for one in found],
        "marker": {"colors": tones},
        "hole": 0.5 if text(options.get("pieType")) == "donut" else 0,
        "textinfo": "+".join(parts[one] for one in labels if one in parts) or "none",
        "hovertemplate": "%{label}  <b>%{text}</b>  %{percent}<extra></extra>",
        "sort": False,
        "direction": "clockwise",
        "showlegend": False,
    }
    shown_values = texts(at(options, "legend", "values"))
    entries = tuple(
        Entry(
            one.name,
            tone,
            tuple(_calculated(calc, one.shown.text, one.shown.number or 0.0, total) for calc in shown_values),
        )
        for one, tone in zip(found, tones, strict=True)
    )
    hidden = (
        not flag(at(options, "legend", "showLegend"), True)
        or at(options, "legend", "displayMode") == "hidden"
    )
    right = at(options, "legend", "placement") == "right"
    names = tuple(one.title() for one in shown_values)
    return Drawing(
        figure={"data": [trace], "layout": {"margin": {"l": 8, "r": 8, "t": 8, "b": 8}}},
        legend=Legend()
        if hidden
        else Legend(entries, names, right=right, table=at(options, "legend", "displayMode") == "table"),
    )


def _calculated(calc: str, words: str, value: float, total: float) -> str:
    return f"{value / total:.0%}" if calc == "percent" else words
