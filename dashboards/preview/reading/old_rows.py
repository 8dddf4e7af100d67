"""Dashboards from before version 16: rows that hold panels, whose widths are of twelve columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboards.preview.reading.model import Place, Section
from dashboards.preview.reading.panel import panel
from dashboards.preview.reading.shape import flag, mappings, number, text, whole

# Grafana's grid has lines of 30 pixels with 8 between them.
LINE = 38
_PIXELS = re.compile(r"(\d{1,5})(?:px)?")


def placed_rows(rows: list[Mapping[str, Any]]) -> list[Section]:
    """A section for each row, its panels laid from left to right."""
    found = []
    for place, row in enumerate(rows):
        height = _lines(row.get("height"), 7)
        x, y, tallest, panels = 0, 0, 0, []
        for index, one in enumerate(mappings(row.get("panels"), 300)):
            read = panel(one, place * 1_000 + index)
            w = round((number(one.get("span")) or 4) * 2)
            w = min(max(w, 1), 24)
            h = _lines(one.get("height"), height)
            if x + w > 24:
                x, y, tallest = 0, y + tallest, 0
            panels.append(replace(read, place=Place(x, y, w, h)))
            x, tallest = x + w, max(tallest, h)
        titled = flag(row.get("showTitle"), True)
        found.append(
            Section(
                title=text(row.get("title")) if titled else "",
                panels=tuple(panels),
                collapsed=flag(row.get("collapse")),
                repeat=text(row.get("repeat")),
                number=place,
            )
        )
    return found


def _lines(value: object, default: int) -> int:
    pixels = _PIXELS.fullmatch(value) if isinstance(value, str) else None
    length = int(pixels[1]) if pixels else whole(value, 0, 0, 5_000)
    return max(-(-length // LINE), 3) if length else default
