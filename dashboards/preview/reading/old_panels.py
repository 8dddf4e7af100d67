"""Panels that Grafana has removed, in the form of those that took their place: graph, singlestat, old tables.

Contract: timeseries/migrations.ts, stat/StatMigrations.ts and table/migrations.ts in
public/app/plugins/panel of grafana/grafana.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.preview.reading.shape import at, flag, listing, mapping, mappings, number, text, whole

_CALCS = {
    "current": "lastNotNull",
    "avg": "mean",
    "min": "min",
    "max": "max",
    "total": "sum",
    "first": "firstNotNull",
    "delta": "delta",
    "diff": "diff",
    "range": "range",
}


def modern(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The panel in today's form, and what a reader should know of that."""
    kind = row.get("type")
    if kind == "graph":
        return _graph(row), ("a panel of the removed kind “graph”, drawn as time series",)
    if kind == "singlestat":
        return _singlestat(row), ("a panel of the removed kind “singlestat”, drawn as stat",)
    if kind in ("table", "table-old") and isinstance(row.get("styles"), list):
        return _table(row), ("a table of the form from before Grafana 7",)
    if kind == "grafana-piechart-panel":
        return {**row, "type": "piechart"}, ()
    return row, ()


def _graph(row: Mapping[str, Any]) -> dict[str, Any]:
    axes = mappings(row.get("yaxes"), 2)
    left = axes[0] if axes else {}
    legend = mapping(row.get("legend"))
    stacked = flag(row.get("stack"))
    lines = flag(row.get("lines"), True)
    style = "bars" if flag(row.get("bars")) else "line" if lines else "points"
    custom = {
        "drawStyle": style,
        "fillOpacity": whole(row.get("fill"), 1, 0, 10) * 10,
        "lineWidth": whole(row.get("linewidth"), 1, 0, 10),
        "lineInterpolation": "stepAfter" if flag(row.get("steppedLine")) else "linear",
        "spanNulls": row.get("nullPointMode") == "connected",
        "stacking": {
            "mode": "percent" if stacked and flag(row.get("percentage")) else "normal" if stacked else "none"
        },
        "showPoints": "always" if flag(row.get("points")) else "never",
        "axisLabel": text(left.get("label")),
        "scaleDistribution": _scale(left.get("logBase")),
    }
    defaults = {"unit": text(left.get("format"), "short"), "custom": custom, **_ends(left)}
    calcs = [calc for key, calc in _CALCS.items() if flag(legend.get(key))]
    return {
        **row,
        "type": "timeseries",
        "fieldConfig": {"defaults": defaults, "overrides": _series(row, axes[1] if len(axes) > 1 else {})},
        "options": {
            "legend": {
                "showLegend": flag(legend.get("show"), True),
                "displayMode": "table" if flag(legend.get("alignAsTable")) else "list",
                "placement": "right" if flag(legend.get("rightSide")) else "bottom",
                "calcs": calcs if flag(legend.get("values")) else [],
            },
            "tooltip": {"mode": "multi" if flag(at(row, "tooltip", "shared"), True) else "single"},
        },
    }


def _scale(base: object) -> dict[str, Any]:
    found = whole(base, 1, 1, 1024)
    return {"type": "log", "log": found} if found > 1 else {"type": "linear"}


def _ends(axis: Mapping[str, Any]) -> dict[str, float]:
    ends = {key: number(axis.get(key)) for key in ("min", "max")}
    return {key: value for key, value in ends.items() if value is not None}


def _series(row: Mapping[str, Any], right: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`seriesOverrides` and `aliasColors` as overrides."""
    found = []
    for alias, color in mapping(row.get("aliasColors")).items():
        found.append(_override(str(alias), [("color", {"mode": "fixed", "fixedColor": color})]))
    for one in mappings(row.get("seriesOverrides"), 100):
        changed: list[tuple[str, Any]] = []
        if one.get("color"):
            changed.append(("color", {"mode": "fixed", "fixedColor": one["color"]}))
        if one.get("fill") is not None:
            changed.append(("custom.fillOpacity", whole(one["fill"], 0, 0, 10) * 10))
        if one.get("linewidth") is not None:
            changed.append(("custom.lineWidth", whole(one["linewidth"], 1, 0, 10)))
        if one.get("dashes"):
            changed.append(("custom.lineStyle", {"fill": "dash", "dash": [10, 10]}))
        if one.get("transform") == "negative-Y":
            changed.append(("custom.transform", "negative-Y"))
        if one.get("stack") is False:
            changed.append(("custom.stacking", {"mode": "none"}))
        if one.get("yaxis") == 2:
            changed += [
                ("custom.axisPlacement", "right"),
                ("unit", text(right.get("format"), "short")),
            ]
        found.append(_override(text(one.get("alias")), changed))
    return found


def _override(alias: str, changed: list[tuple[str, Any]]) -> dict[str, Any]:
    regex = alias.startswith("/") and alias.count("/") > 1
    return {
        "matcher": {"id": "byRegexp" if regex else "byName", "options": alias},
        "properties": [{"id": key, "value": value} for key, value in changed],
    }


def _steps(values: object, colors: object) -> dict[str, Any]:
    """`"80, 90"` and three colours as thresholds."""
    named = [text(one) for one in listing(colors)] or ["green", "orange", "red"]
    parts = values.split(",") if isinstance(values, str) else listing(values)
    limits = [found for found in (number(part) for part in parts) if found is not None]
    steps: list[dict[str, Any]] = [{"color": named[0], "value": None}]
    for limit, color in zip(limits, named[1:], strict=False):
        steps.append({"color": color, "value": limit})
    return {"mode": "absolute", "steps": steps}


def _singlestat(row: Mapping[str, Any]) -> dict[str, Any]:
    gauge = mapping(row.get("gauge"))
    shown = flag(gauge.get("show"))
    color = (
        "background"
        if flag(row.get("colorBackground"))
        else "value"
        if flag(row.get("colorValue"))
        else "none"
    )
    mappings_ = [
        {"type": "special", "options": {"match": "null", "result": {"text": text(one.get("text"))}}}
        if one.get("value") == "null"
        else {"type": "value", "options": {text(one.get("value")): {"text": text(one.get("text"))}}}
        for one in mappings(row.get("valueMaps"), 50)
    ]
    defaults = {
        "unit": text(row.get("format"), "none"),
        "decimals": row.get("decimals"),
        "mappings": mappings_,
        "thresholds": _steps(row.get("thresholds"), row.get("colors")),
        "color": {"mode": "thresholds"},
        "noValue": text(row.get("nullText")),
    }
    if shown:
        defaults |= {"min": gauge.get("minValue"), "max": gauge.get("maxValue")}
    return {
        **row,
        "type": "gauge" if shown else "stat",
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {
            "reduceOptions": {
                "calcs": [_CALCS.get(text(row.get("valueName")), "lastNotNull")],
                "values": False,
            },
            "colorMode": color,
            "graphMode": "area" if flag(at(row, "sparkline", "show")) else "none",
        },
    }


def _table(row: Mapping[str, Any]) -> dict[str, Any]:
    overrides = []
    for style in mappings(row.get("styles"), 100):
        changed: list[tuple[str, Any]] = []
        if style.get("type") == "hidden":
            changed.append(("custom.hidden", True))
        if style.get("type") == "number":
            changed.append(("unit", text(style.get("unit"), "short")))
            if style.get("decimals") is not None:
                changed.append(("decimals", style["decimals"]))
        if style.get("alias"):
            changed.append(("displayName", text(style["alias"])))
        if style.get("colorMode"):
            changed.append(("thresholds", _steps(style.get("thresholds"), style.get("colors"))))
            kind = "color-text" if style["colorMode"] == "value" else "color-background"
            changed.append(("custom.cellOptions", {"type": kind}))
        overrides.append(_override(text(style.get("pattern")), changed))
    defaults = {"thresholds": _steps("", []), "color": {"mode": "thresholds"}}
    # The most particular pattern came first there; here the last one wins.
    config = {"defaults": defaults, "overrides": overrides[::-1]}
    merge = [] if row.get("transformations") else [{"id": "merge", "options": {}}]
    return {**row, "fieldConfig": config, "transformations": [*merge, *listing(row.get("transformations"))]}
