"""D-05: every number has a unit that Grafana knows, also in the columns of tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.lint import units
from dashboards.lint.rule import Found, Rule, Subject, at
from dashboards.lint.table import columns, properties
from dashboards.reading.values import Panel

NUMERIC = frozenset(
    {
        *("stat", "gauge", "bargauge", "timeseries", "barchart", "histogram", "heatmap", "piechart"),
        *("table", "trend", "xychart", "candlestick", "graph", "singlestat"),
    }
)
FIX = "set fieldConfig.defaults.unit, such as s, bytes, percentunit or short"


def check(subject: Subject) -> Iterator[Found]:
    """1000 may be milliseconds or gigabytes."""
    for panel in subject.dashboard.shown():
        if panel.type not in NUMERIC or panel.library:
            continue
        unit = _unit(panel)
        names = columns(panel) if panel.type == "table" else ()
        if names:
            yield from _columns(panel, names, unit)
        elif not unit and names is not None:
            yield at(panel, "its numbers have no unit", FIX)
        if unit and not units.known(unit):
            yield at(panel, f"Grafana knows no unit {unit!r}", FIX)


def _columns(panel: Panel, names: tuple[str, ...], unit: str) -> Iterator[Found]:
    """A unit for all columns is one of their own where there is one column of numbers."""
    for name in names:
        own = properties(panel, name).get("unit")
        if isinstance(own, str) and own:
            if not units.known(own):
                yield at(panel, f"Grafana knows no unit {own!r}, which column {name} has", FIX)
        elif not unit or len(names) > 1:
            yield at(panel, f"column {name} has no unit", f"add an override of {name} with a unit")


def _unit(panel: Panel) -> str:
    found: Any = panel.defaults.get("unit")
    if not found and panel.type == "heatmap":
        axis = panel.options.get("yAxis")
        found = axis.get("unit") if isinstance(axis, dict) else None
    if not found and panel.type in ("graph", "heatmap"):
        axes = panel.raw.get("yaxes") or [panel.raw.get("yAxis")]
        first = axes[0] if isinstance(axes, list) and axes else None
        found = first.get("format") if isinstance(first, dict) else None
    if not found and panel.type == "singlestat":
        found = panel.raw.get("format")
    return found if isinstance(found, str) else ""


RULE = Rule("D-05", "Every number has a unit, also in columns of tables", check)
