"""One panel of a document, of any age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from dashboards.preview.reading.model import Form, Panel, Place, Target
from dashboards.preview.reading.old_panels import modern
from dashboards.preview.reading.shape import at, flag, mapping, mappings, text, whole

MOST_TARGETS = 50


def panel(row: Mapping[str, Any], number: int) -> Panel:
    """The panel; `number` where it says none."""
    row, notes = modern(row)
    grid = mapping(row.get("gridPos"))
    w = whole(grid.get("w"), 12, 1, 24)
    source = text(at(row, "datasource", "type"))
    return Panel(
        number=whole(row.get("id"), number, 0, 10**9),
        kind=text(row.get("type")),
        title=text(row.get("title")),
        about=text(row.get("description")),
        place=Place(
            min(whole(grid.get("x"), 0, 0, 23), 24 - w),
            whole(grid.get("y"), 0, 0, 100_000),
            w,
            whole(grid.get("h"), 8, 1, 60),
        ),
        targets=tuple(
            _target(one, place, source)
            for place, one in enumerate(mappings(row.get("targets"), MOST_TARGETS))
        ),
        transformations=tuple(
            (text(one.get("id")), mapping(one.get("options")))
            for one in mappings(row.get("transformations"), 50)
            if not flag(one.get("disabled"))
        ),
        defaults=mapping(at(row, "fieldConfig", "defaults")),
        overrides=tuple(mappings(at(row, "fieldConfig", "overrides"), 200)),
        options=mapping(row.get("options")),
        interval=text(row.get("interval")),
        points=whole(row.get("maxDataPoints"), 0, 0, 11_000),
        time_from=text(row.get("timeFrom")),
        time_shift=text(row.get("timeShift")),
        repeat=text(row.get("repeat")),
        down=row.get("repeatDirection") == "v",
        per_row=whole(row.get("maxPerRow"), 4, 1, 24),
        transparent=flag(row.get("transparent")),
        notes=notes,
    )


def _target(row: Mapping[str, Any], place: int, source: str) -> Target:
    form = text(row.get("format"), "time_series")
    instant = flag(row.get("instant"))
    return Target(
        ref=text(row.get("refId")) or _letter(place),
        expr=text(row.get("expr")),
        legend=text(row.get("legendFormat")),
        form=form if form in get_args(Form) else "time_series",  # type: ignore[arg-type]  # just looked up
        instant=instant,
        # Neither of both means a range: that is how older dashboards say it.
        ranged=flag(row.get("range"), not instant) or not instant,
        hidden=flag(row.get("hide")),
        interval=text(row.get("interval")),
        factor=whole(row.get("intervalFactor"), 1, 1, 100),
        source=text(at(row, "datasource", "type")) or source,
    )


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"A{chr(ord('A') + place - 26)}"
