"""`stat`: figures, with a line behind them where the panel wants one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.panels.values import Single, singles
from dashboards.preview.reading.shape import text
from dashboards.preview.showing.colours import TEXT, ink_on, see_through, shade

# The line's own grid; the picture stretches it over the tile.
_WIDTH, _HEIGHT = 100.0, 30.0


def stat(subject: Subject) -> Drawing:
    """One tile for each value."""
    found = singles(subject)
    if not found:
        return NOTHING
    options = subject.panel.options
    mode, names = text(options.get("colorMode"), "value"), text(options.get("textMode"), "auto")
    area = options.get("graphMode", "area") == "area"
    tiles = [_tile(one, mode, _parts(names, len(found)), area) for one in found]
    lying = text(options.get("orientation")) == "vertical" or len(found) > 1
    return Drawing(
        html=Markup('<div class="stats{}">{}</div>').format(
            Markup(" many") if lying else "", Markup().join(tiles)
        )
    )


def _parts(mode: str, count: int) -> tuple[bool, bool]:
    """Whether the name is shown, and the value."""
    if mode == "auto":
        return count > 1, True
    return mode in ("name", "value_and_name"), mode in ("value", "value_and_name")


def _tile(one: Single, mode: str, parts: tuple[bool, bool], area: bool) -> Markup:
    tone = one.shown.tone
    style = ""
    if mode.startswith("background") and tone != TEXT:
        style = f"background:linear-gradient(120deg,{tone},{shade(tone, 0.08)});color:{ink_on(tone)}"
    elif mode == "value" and tone != TEXT:
        style = f"--tone:{tone}"
    name, value = parts
    size = min(max(len(one.shown.text), 3), 24)
    line = spark(one.line, "currentColor" if mode.startswith("background") else tone) if area else Markup()
    return Markup('<div class="stat{}" style="{};--long:{}">{}{}{}</div>').format(
        Markup(" toned") if mode == "value" else "",
        style,
        size,
        line,
        Markup('<span class="name">{}</span>').format(one.name) if name else Markup(),
        Markup('<b class="figure">{}</b>').format(one.shown.text) if value else Markup(),
    )


def spark(values: Sequence[Any], tone: str) -> Markup:
    """The line behind a figure, as a picture of its own; nothing where there are not two points."""
    numbers = [float(one) for one in values if isinstance(one, (int, float))]
    if len(numbers) < 2:
        return Markup()
    low, high = min(numbers), max(numbers)
    wide = _WIDTH / (len(numbers) - 1)
    points = " ".join(
        f"{place * wide:.2f},{_HEIGHT - 2 - (value - low) / ((high - low) or 1.0) * (_HEIGHT - 6):.2f}"
        for place, value in enumerate(numbers)
    )
    tone = "currentColor" if tone == TEXT else tone
    filled = see_through(tone, 0.2) if tone.startswith("#") else tone
    return Markup(
        '<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">'
        '<polygon points="0,30 {} 100,30" fill="{}"{}/>'
        '<polyline points="{}" fill="none" stroke="{}" vector-effect="non-scaling-stroke"/></svg>'
    ).format(points, filled, Markup(' fill-opacity=".18"') if filled == "currentColor" else "", points, tone)
