"""Legends: names with their colours and what is calculated of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.preview.frames.reducers import reduced, title
from dashboards.preview.panels.drawing import Entry, Legend, Subject
from dashboards.preview.reading.shape import flag, mapping, text, texts
from dashboards.preview.showing.display import shown

Row = tuple[str, str, Sequence[Any], Mapping[str, Any]]


def legend(
    subject: Subject, rows: Sequence[Row], more: int = 0, traces: Sequence[tuple[int, ...]] = ()
) -> Legend:
    """`rows` are name, colour, values and rules of what is drawn; `traces` the numbers of each row in
    the figure, one after another where they are not said.
    """
    options = mapping(subject.panel.options.get("legend"))
    hidden = options.get("displayMode") == "hidden" or not flag(options.get("showLegend"), True)
    if hidden:
        return Legend()
    calcs = texts(options.get("calcs"))[:8]
    places = list(range(len(rows)))
    by = next((calc for calc in calcs if title(calc) == text(options.get("sortBy"))), "")
    if by:
        reductions = {place: reduced(by, rows[place][2]) for place in places}
        full = [place for place in places if isinstance(reductions[place], (int, float))]
        full.sort(key=lambda place: float(reductions[place]), reverse=options.get("sortDesc") is True)
        places = [*full, *(place for place in places if place not in full)]
    entries = []
    for place in places:
        name, tone, values, own = rows[place]
        calculated = tuple(shown(reduced(calc, values), {**own, "noValue": ""}).text for calc in calcs)
        entries.append(Entry(name, tone, calculated, traces[place] if traces else (place,)))
    return Legend(
        tuple(entries),
        tuple(title(calc) for calc in calcs),
        right=options.get("placement") == "right",
        table=options.get("displayMode") == "table" or flag(options.get("asTable")),
        more=max(more, 0),
    )
