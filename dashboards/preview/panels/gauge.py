"""`gauge`: a value on an arc, with the thresholds around it."""

from __future__ import annotations

import math

from markupsafe import Markup

from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.values import Single, singles
from dashboards.preview.reading.shape import flag, number, text
from dashboards.preview.showing.colours import TEXT
from dashboards.preview.showing.display import thresholds
from dashboards.preview.showing.units import written

# The arc goes from the lower left over the top to the lower right, in degrees from the right, clockwise.
_FROM, _SWEEP = 160.0, 220.0


def gauge(subject: Subject) -> Drawing:
    """One arc for each value. Without ends of its own a gauge goes from 0 to 100, or to 1 for shares."""
    found = singles(subject)
    if not found:
        return NOTHING
    markers = flag(subject.panel.options.get("showThresholdMarkers"), True)
    labels = flag(subject.panel.options.get("showThresholdLabels"))
    dials = [_dial(one, markers, labels, named=len(found) > 1) for one in found]
    return Drawing(html=Markup('<div class="gauges">{}</div>').format(Markup().join(dials)))


def _dial(one: Single, markers: bool, labels: bool, named: bool) -> Markup:
    low = number(one.own.get("min"))
    high = number(one.own.get("max"))
    low = 0.0 if low is None else low
    high = (1.0 if one.own.get("unit") == "percentunit" else 100.0) if high is None else high
    span = (high - low) or 1.0
    value = low if one.shown.number is None else one.shown.number
    share = min(max((value - low) / span, 0.0), 1.0)
    tone = "currentColor" if one.shown.tone == TEXT else one.shown.tone
    ring, marks = Markup(), Markup()
    steps = thresholds(one.own, low, high)
    for place, (limit, color) in enumerate(steps):
        begin = max((limit - low) / span, 0.0) if limit != -math.inf else 0.0
        end = (steps[place + 1][0] - low) / span if place + 1 < len(steps) else 1.0
        if markers and min(end, 1.0) > begin:
            ring += _arc(47, begin, min(end, 1.0), "currentColor" if color == TEXT else color, 3)
        if labels and limit != -math.inf and 0 < begin < 1:
            marks += _label(begin, written(limit, text(one.own.get("unit"))))
    return Markup(
        '<div class="gauge"><svg viewBox="0 0 120 88" role="img" aria-label="{} {}">{}{}{}{}'
        '<text x="60" y="62" text-anchor="middle" class="reading" fill="{}" style="--long:{}">{}</text>'
        "</svg>{}</div>"
    ).format(
        one.name,
        one.shown.text,
        _arc(39, 0.0, 1.0, "var(--track)", 11),
        _arc(39, 0.0, share, tone, 11) if share > 0 else Markup(),
        ring,
        marks,
        tone,
        min(max(len(one.shown.text), 4), 16),
        one.shown.text,
        Markup('<span class="name">{}</span>').format(one.name) if named else Markup(),
    )


def _point(radius: float, share: float) -> tuple[float, float]:
    angle = math.radians(_FROM + _SWEEP * share)
    return 60 + radius * math.cos(angle), 56 + radius * math.sin(angle)


def _arc(radius: float, begin: float, end: float, tone: str, width: float) -> Markup:
    x, y = _point(radius, begin)
    to_x, to_y = _point(radius, end)
    large = 1 if (end - begin) * _SWEEP > 180 else 0
    return Markup(
        '<path d="M{:.2f} {:.2f}A{} {} 0 {} 1 {:.2f} {:.2f}" fill="none" stroke="{}" stroke-width="{}"/>'
    ).format(x, y, radius, radius, large, to_x, to_y, tone, width)


def _label(share: float, words: str) -> Markup:
    x, y = _point(54, share)
    return Markup('<text x="{:.1f}" y="{:.1f}" class="mark" text-anchor="middle">{}</text>').format(
        x, y, words
    )
