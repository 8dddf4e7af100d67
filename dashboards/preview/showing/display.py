"""A value as a reader sees it: text and colour, by mappings, thresholds, unit.

Contract: grafana/grafana packages/grafana-data/src/field/displayProcessor.ts, scale.ts, and
packages/grafana-data/src/utils/valueMappings.ts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.preview.asking.patterns import compiled, found
from dashboards.preview.reading.shape import at, mapping, mappings, number, text
from dashboards.preview.showing.colours import CLASSIC, SCHEMES, TEXT, between, colour
from dashboards.preview.showing.units import written

NO_VALUE = "-"


@dataclass(frozen=True, slots=True)
class Shown:
    """`tone` is a colour or `text`, the theme's own. `mapped`: a mapping wrote the text."""

    text: str
    tone: str
    number: float | None = None
    mapped: bool = False


def shown(value: Any, own: Mapping[str, Any], low: float = 0.0, high: float = 100.0, place: int = 0) -> Shown:
    """A value under its field's rules. `low` and `high` are what percentages and schemes span; `place` is the
    field's among its panel's, for the palette.
    """
    numeric = None if value is None or isinstance(value, str) else number(value)
    tone = tone_of(own, numeric, low, high, place)
    words = _mapped(value, numeric, own)
    if words is not None:
        return Shown(
            words[0] or _plain(value, numeric, own),
            colour(words[1], tone) if words[1] else tone,
            numeric,
            True,
        )
    return Shown(_plain(value, numeric, own), tone, numeric)


def _plain(value: Any, numeric: float | None, own: Mapping[str, Any]) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return text(own.get("noValue")) or NO_VALUE
    if isinstance(value, bool):
        return str(value).lower()
    if numeric is None:
        return str(value)
    places = number(own.get("decimals"))
    return written(numeric, text(own.get("unit")), None if places is None else int(min(max(places, 0), 20)))


def tone_of(own: Mapping[str, Any], value: float | None, low: float, high: float, place: int) -> str:
    """The colour of a value by the field's colour mode."""
    mode = text(at(own, "color", "mode"), "thresholds")
    if mode in ("fixed", "shades"):
        return colour(at(own, "color", "fixedColor"), CLASSIC[0])
    if mode.startswith("palette"):
        return CLASSIC[place % len(CLASSIC)]
    if mode in SCHEMES:
        share = 0.0 if value is None or high <= low else (value - low) / (high - low)
        return between(SCHEMES[mode], share)
    return threshold(own, value, low, high)


def thresholds(own: Mapping[str, Any], low: float, high: float) -> list[tuple[float, str]]:
    """Steps as (from that value on, colour), the first from minus infinity; percentages of the span as
    values.
    """
    rule = mapping(own.get("thresholds"))
    steps = mappings(rule.get("steps"), 50)
    if not steps:
        return [(-math.inf, colour("green")), (80.0, colour("red"))] if "thresholds" not in own else []
    percent = rule.get("mode") == "percentage"
    made = []
    for index, step in enumerate(steps):
        limit = number(step.get("value"))
        if index == 0 or limit is None:
            limit = -math.inf
        elif percent:
            limit = low + (high - low) * limit / 100
        made.append((limit, colour(step.get("color"))))
    return sorted(made, key=lambda one: one[0])


def threshold(own: Mapping[str, Any], value: float | None, low: float, high: float) -> str:
    """The colour of the last step that the value has reached."""
    tone = TEXT
    for limit, name in thresholds(own, low, high):
        if limit == -math.inf or (value is not None and value >= limit):
            tone = name
    return tone


def _mapped(value: Any, numeric: float | None, own: Mapping[str, Any]) -> tuple[str, object] | None:
    """Text and colour of the first mapping that means the value."""
    for rule in mappings(own.get("mappings"), 200):
        kind, options = rule.get("type"), mapping(rule.get("options"))
        result: Mapping[str, Any] | None = None
        if kind == "value":
            result = _by_value(value, numeric, options)
        elif kind == "range" and numeric is not None:
            low, high = number(options.get("from")), number(options.get("to"))
            inside = (low is None or numeric >= low) and (high is None or numeric <= high)
            result = mapping(options.get("result")) if inside else None
        elif kind == "regex" and isinstance(value, str):
            pattern = compiled(text(options.get("pattern")))
            match = found(pattern, value) if pattern else None
            result = mapping(options.get("result")) if match else None
        elif kind == "special":
            result = mapping(options.get("result")) if _special(value, text(options.get("match"))) else None
        elif kind == 1 and str(value) == text(rule.get("value")):
            # The form from before Grafana 8.
            result = rule
        if result is not None:
            return text(result.get("text")), result.get("color")
    return None


def _by_value(value: Any, numeric: float | None, options: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for key, result in options.items():
        if numeric is not None and number(key) == numeric:
            return mapping(result)
        if numeric is None and str(value) == key:
            return mapping(result)
    return None


def _special(value: Any, match: str) -> bool:
    nan = isinstance(value, float) and math.isnan(value)
    matches = {
        "null": value is None,
        "nan": nan,
        "null+nan": value is None or nan,
        "true": value is True,
        "false": value is False,
        "empty": isinstance(value, str) and not value,
    }
    return matches.get(match, False)
