"""`state-timeline` and `status-history`: what state each field was in, when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.preview.frames.naming import display_name
from dashboards.preview.panels.axes import time_axis
from dashboards.preview.panels.drawing import NOTHING, Drawing, Entry, Legend, Subject
from dashboards.preview.panels.words import plain
from dashboards.preview.reading.shape import at, flag, text
from dashboards.preview.showing.colours import TEXT, ink_on
from dashboards.preview.showing.display import shown
from dashboards.preview.showing.field import ends, rules, shown_name, visible

MOST_ROWS = 60
MOST_PARTS = 5_000


@dataclass(frozen=True, slots=True)
class Part:
    """A length of time in one state, in milliseconds."""

    row: int
    begin: int
    end: int
    words: str
    tone: str


def state_timeline(subject: Subject) -> Drawing:
    """Equal states that follow each other are one bar."""
    return _drawn(subject, merged=True)


def status_history(subject: Subject) -> Drawing:
    """A cell for each point."""
    return _drawn(subject, merged=False)


def _drawn(subject: Subject, *, merged: bool) -> Drawing:
    names, parts = _parts(subject, merged)
    if not parts:
        return NOTHING
    traces = []
    for tone in dict.fromkeys(part.tone for part in parts):
        own = [part for part in parts if part.tone == tone]
        traces.append(_trace(own, tone, names, words=merged and _worded(subject)))
    layout = {
        "xaxis": time_axis(subject.result.scope.begin, subject.result.scope.end),
        "yaxis": {
            "tickvals": list(range(len(names))),
            "ticktext": [plain(name, 60) for name in names],
            "range": [len(names) - 0.5, -0.5],
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
        "barmode": "overlay",
        "bargap": 0.15,
        "hovermode": "closest",
    }
    kinds = dict.fromkeys((part.words, part.tone) for part in parts)
    show = flag(at(subject.panel.options, "legend", "showLegend"), True) and len(kinds) <= 20
    entries = tuple(Entry(words, tone) for words, tone in kinds) if show else ()
    return Drawing(figure={"data": traces, "layout": layout}, legend=Legend(entries))


def _worded(subject: Subject) -> bool:
    return text(subject.panel.options.get("showValue"), "auto") != "never"


def _parts(subject: Subject, merged: bool) -> tuple[list[str], list[Part]]:
    names: list[str] = []
    parts: list[Part] = []
    stop = subject.result.scope.end
    for frame in subject.frames:
        if frame.time is None:
            continue
        for field in frame.fields:
            name = display_name(field, frame, subject.frames)
            own = rules(subject.panel, field, frame, name)
            if field.kind == "time" or not visible(own) or len(names) >= MOST_ROWS:
                continue
            low, high = ends(own, field.values)
            seen = [shown(value, own, low, high) for value in field.values]
            states = [
                None if value is None and not one.mapped else (one.text, one.tone)
                for value, one in zip(field.values, seen, strict=True)
            ]
            parts += _lengths(frame.time.values, states, frame.step, stop, len(names), merged)
            names.append(shown_name(own, field, name))
            if len(parts) > MOST_PARTS:
                return names, parts[:MOST_PARTS]
    return names, parts


def _lengths(
    times: Sequence[int],
    states: Sequence[tuple[str, str] | None],
    step: int,
    stop: int,
    row: int,
    merged: bool,
) -> list[Part]:
    made: list[Part] = []
    for place, state in enumerate(states):
        begin = times[place]
        after = times[place + 1] if place + 1 < len(times) else begin + step if step else max(stop, begin + 1)
        if state is None:
            continue
        last = made[-1] if made else None
        if merged and last and last.end == begin and (last.words, last.tone) == state:
            made[-1] = Part(row, last.begin, after, *state)
        else:
            made.append(Part(row, begin, after, *state))
    return made


def _trace(parts: Sequence[Part], tone: str, names: Sequence[str], *, words: bool) -> dict[str, Any]:
    fill = "#8E8E8E" if tone == TEXT else tone
    return {
        "type": "bar",
        "orientation": "h",
        "y": [part.row for part in parts],
        "base": [part.begin for part in parts],
        "x": [part.end - part.begin for part in parts],
        "width": 0.8,
        "marker": {"color": fill, "line": {"width": 0}},
        "text": [plain(part.words, 60) if words else "" for part in parts],
        "customdata": [[plain(part.words), plain(names[part.row])] for part in parts],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textfont": {"color": ink_on(fill)},
        "constraintext": "none",
        "hovertemplate": (
            "%{customdata[1]}  <b>%{customdata[0]}</b><br>from %{base|%Y-%m-%d %H:%M:%S}<extra></extra>"
        ),
        "showlegend": False,
    }
