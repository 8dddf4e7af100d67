"""`bargauge`: values as bars between their ends."""

from __future__ import annotations

import math

from markupsafe import Markup

from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.values import Single, singles
from dashboards.preview.reading.shape import number, text
from dashboards.preview.showing.colours import TEXT
from dashboards.preview.showing.display import threshold, thresholds

CELLS = 24


def bargauge(subject: Subject) -> Drawing:
    """Lying bars, or standing ones where the panel says so; `lcd` has cells, `gradient` all colours."""
    found = singles(subject)
    if not found:
        return NOTHING
    mode = text(subject.panel.options.get("displayMode"), "gradient")
    standing = text(subject.panel.options.get("orientation")) == "vertical"
    # Without ends of their own all bars of a panel share them, so that they can be compared.
    numbers = [one.shown.number for one in found if one.shown.number is not None]
    low, high = min([*numbers, 0.0]), max([*numbers, 0.0])
    bars = [_bar(one, mode, low, high) for one in found]
    return Drawing(
        html=Markup('<div class="bars{}">{}</div>').format(
            Markup(" standing") if standing else "", Markup().join(bars)
        )
    )


def share(value: float | None, low: float, high: float) -> float:
    """How far a value is from one end to the other, 0 to 1."""
    if value is None or not high > low:
        return 0.0 if value is None or value <= low else 1.0
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _bar(one: Single, mode: str, least: float, most: float) -> Markup:
    low, high = number(one.own.get("min")), number(one.own.get("max"))
    low, high = least if low is None else low, most if high is None else high
    part = share(one.shown.number, low, high)
    tone = "var(--ink)" if one.shown.tone == TEXT else one.shown.tone
    inner = (
        _cells(one, part, low, high)
        if mode == "lcd"
        else Markup('<i style="--part:{:.4f};background:{}"></i>').format(
            part, _fill(one, mode, tone, low, high, part)
        )
    )
    return Markup(
        '<div class="bar"><span class="name">{}</span><div class="track {}">{}</div>'
        '<b style="color:{}">{}</b></div>'
    ).format(one.name, "cells" if mode == "lcd" else "", inner, tone, one.shown.text)


def _fill(one: Single, mode: str, tone: str, low: float, high: float, part: float) -> str:
    """The bar's own colour, or all colours on the way to it."""
    if mode != "gradient" or part <= 0:
        return tone
    stops = []
    for limit, color in thresholds(one.own, low, high):
        at = 0.0 if limit == -math.inf else share(limit, low, high)
        if at <= part:
            stops.append(f"{'currentColor' if color == TEXT else color} {at / part * 100:.0f}%")
    return f"linear-gradient(90deg,{','.join(stops)},{tone} 100%)" if len(stops) > 1 else tone


def _cells(one: Single, part: float, low: float, high: float) -> Markup:
    cells = []
    for place in range(CELLS):
        value = low + (high - low) * place / CELLS
        color = threshold(one.own, value, low, high)
        lit = place < round(part * CELLS)
        cells.append(
            Markup('<i style="background:{};opacity:{}"></i>').format(
                "currentColor" if color == TEXT else color, "1" if lit else ".15"
            )
        )
    return Markup().join(cells)
