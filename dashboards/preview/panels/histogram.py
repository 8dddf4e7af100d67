"""`histogram`: how often values of each size occur."""

from __future__ import annotations

import math

from dashboards.preview.frames.naming import display_name
from dashboards.preview.panels.axes import marks, value_axis
from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.legend import legend
from dashboards.preview.panels.words import plain
from dashboards.preview.reading.shape import flag, number, text
from dashboards.preview.showing.colours import see_through
from dashboards.preview.showing.display import tone_of
from dashboards.preview.showing.field import rules, shown_name, visible
from dashboards.preview.showing.units import written

BUCKETS = 30
MOST_BUCKETS = 500


def histogram(subject: Subject) -> Drawing:
    """All values of all fields in buckets of one size; `combine` counts them together."""
    found = []
    for frame in subject.frames:
        for field in frame.fields:
            if field.kind != "number":
                continue
            name = display_name(field, frame, subject.frames)
            own = rules(subject.panel, field, frame, name)
            own = own if "color" in own else {**own, "color": {"mode": "palette-classic"}}
            numbers = [one for one in field.values if one is not None]
            if visible(own) and numbers:
                found.append((shown_name(own, field, name), own, numbers))
    if not found:
        return NOTHING
    if flag(subject.panel.options.get("combine")):
        found = [("Count", found[0][1], [one for _, _, numbers in found for one in numbers])]
    every = [one for _, _, numbers in found for one in numbers]
    low, high = min(every), max(every)
    size = number(subject.panel.options.get("bucketSize")) or _size(low, high)
    if not size > 0 or (high - low) / size > MOST_BUCKETS:
        size = (high - low) / BUCKETS or 1.0
    unit = text(found[0][1].get("unit"))
    traces, rows = [], []
    highest: list[float] = []
    for place, (name, own, numbers) in enumerate(found):
        counts: dict[int, int] = {}
        for one in numbers:
            at = math.floor(one / size)
            counts[at] = counts.get(at, 0) + 1
        tone = tone_of(own, None, low, high, place)
        keys = sorted(counts)
        highest.append(float(max(counts.values())))
        traces.append(
            {
                "type": "bar",
                "x": [(key + 0.5) * size for key in keys],
                "y": [counts[key] for key in keys],
                "width": size * 0.96,
                "name": plain(name),
                "text": [
                    plain(f"{written(key * size, unit)} to {written((key + 1) * size, unit)}") for key in keys
                ],
                "textposition": "none",
                "hovertemplate": "%{text}: <b>%{y}</b><extra>%{fullData.name}</extra>",
                "marker": {"color": see_through(tone, 0.8)},
                "showlegend": False,
            }
        )
        rows.append((name, tone, numbers, own))
    places = marks(low, high, unit)
    layout = {
        "xaxis": {
            "tickvals": places,
            "ticktext": [plain(written(one, unit)) for one in places],
            "zeroline": False,
        },
        "yaxis": value_axis({"unit": "short"}, highest, from_zero=True),
        "barmode": "overlay",
        "hovermode": "closest",
    }
    return Drawing(figure={"data": traces, "layout": layout}, legend=legend(subject, rows))


def _size(low: float, high: float) -> float:
    """A round size that makes some thirty buckets."""
    wanted = (high - low) / BUCKETS
    if not wanted > 0 or not math.isfinite(wanted):
        return abs(high) / 10 or 1.0
    size = 10.0 ** math.floor(math.log10(wanted))
    return next(size * one for one in (1, 2, 2.5, 5, 10) if size * one >= wanted)
