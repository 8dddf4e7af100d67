"""From grafanalib's JSON to what Grafana 11 to 13 writes itself: classic dashboards, schema version 42.

grafanalib stamps schema version 12, which makes Grafana run thirty migrations; one of them resets the
shared tooltip. Here the document gets its final form, so that none has anything to do. Contract:
grafana/grafana kinds/dashboard/dashboard_kind.cue, and apps/dashboard/pkg/migration/schemaversion for what
the migrations expect.
"""

from __future__ import annotations

from typing import Any

SCHEMA_VERSION = 42
# The shape of the panels' own options; without it Grafana migrates each panel as if it were from before
# version 7.
PLUGIN_VERSION = "12.0.0"

_NOT_DASHBOARD = {"__inputs", "gnetId", "hideControls", "id", "rows", "sharedCrosshair", "style"}
_NOT_PANEL = {
    "cacheTimeout",
    "color",
    "columns",
    "editable",
    "error",
    "fontSize",
    "height",
    "hideTimeOverride",
    "interval",
    "mappings",
    "maxDataPoints",
    "maxPerRow",
    "minSpan",
    "repeat",
    "repeatDirection",
    "span",
    "timeFrom",
    "timeShift",
}
_PANEL_ORDER = (
    "id",
    "type",
    "title",
    "description",
    "gridPos",
    "collapsed",
    "panels",
    "datasource",
    "pluginVersion",
    "fieldConfig",
    "options",
    "targets",
    "transformations",
    "links",
    "transparent",
)


def finished(plain: dict[str, Any]) -> dict[str, Any]:
    """The dashboard in its final form. `plain` is grafanalib's output as plain JSON values."""
    kept = {key: value for key, value in plain.items() if key not in _NOT_DASHBOARD}
    return {
        **kept,
        "annotations": {"list": [_builtin_annotation()]},
        "fiscalYearStartMonth": 0,
        "liveNow": False,
        "panels": [_panel(panel) for panel in kept["panels"]],
        "preload": False,
        "schemaVersion": SCHEMA_VERSION,
        "templating": {"list": [_variable(variable) for variable in kept["templating"]["list"]]},
        "timepicker": {},
        "version": 1,
        "weekStart": "",
    }


def _builtin_annotation() -> dict[str, Any]:
    """Annotations that people add by hand: Grafana's own, present in every dashboard it writes."""
    return {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }


def _panel(panel: dict[str, Any]) -> dict[str, Any]:
    if panel["type"] == "row":
        row = {key: panel[key] for key in ("id", "type", "title", "gridPos", "collapsed")}
        return {**row, "panels": [_panel(inner) for inner in panel["panels"]]}
    kept = {key: value for key, value in panel.items() if key not in _NOT_PANEL}
    kept["pluginVersion"] = PLUGIN_VERSION
    kept["targets"] = [_target(target) for target in panel["targets"]]
    kept["fieldConfig"] = {
        "defaults": _defaults(panel["type"], panel["fieldConfig"]["defaults"]),
        "overrides": panel["fieldConfig"].get("overrides", []),
    }
    kept["options"] = {**panel["options"], **_options(panel["type"])}
    return {key: kept[key] for key in _PANEL_ORDER if key in kept}


def _defaults(kind: str, defaults: dict[str, Any]) -> dict[str, Any]:
    """Field defaults without nulls. In a threshold the null stays: it is minus infinity."""
    found = {key: value for key, value in defaults.items() if value is not None}
    custom = {key: value for key, value in found.get("custom", {}).items() if value is not None}
    if kind == "table":
        # `displayMode` became `cellOptions` in Grafana 9.
        mode = custom.pop("displayMode", "auto")
        custom["cellOptions"] = {"type": mode}
        custom["inspect"] = False
        found["color"] = {"mode": "thresholds"}
        found["thresholds"] = {"mode": "absolute", "steps": [{"color": "text", "value": None}]}
    if kind == "timeseries" and custom["scaleDistribution"]["type"] == "linear":
        custom["scaleDistribution"] = {"type": "linear"}
    found["mappings"] = found.get("mappings", [])
    return {**found, "custom": custom}


def _options(kind: str) -> dict[str, Any]:
    """What a panel of this kind has beyond what grafanalib knows."""
    match kind:
        case "table":
            return {
                "cellHeight": "sm",
                "footer": {"show": False, "countRows": False, "fields": "", "reducer": ["sum"]},
            }
        case "stat":
            return {"percentChangeColorMode": "standard", "showPercentChange": False, "wideLayout": True}
        case _:
            return {}


def _target(target: dict[str, Any]) -> dict[str, Any]:
    return {
        "refId": target["refId"],
        "datasource": target["datasource"],
        "editorMode": "code",
        "expr": target["expr"],
        "format": target["format"],
        "instant": target["instant"],
        "legendFormat": target["legendFormat"],
        "range": not target["instant"],
    }


def _variable(variable: dict[str, Any]) -> dict[str, Any]:
    """A variable with a definite current value: null breaks the drop-down in Grafana 12."""
    if variable["type"] == "datasource":
        return {
            "name": variable["name"],
            "label": variable["label"],
            "type": "datasource",
            "query": variable["query"],
            "current": {"text": "Thanos", "value": "thanos"},
            "hide": 0,
            "includeAll": False,
            "multi": False,
            "options": [],
            "refresh": 1,
            "regex": "",
            "skipUrlSync": False,
        }
    return {
        "name": variable["name"],
        "label": variable["label"],
        "type": "query",
        "datasource": variable["datasource"],
        "definition": variable["query"],
        "query": {
            "qryType": 1,
            "query": variable["query"],
            "refId": "PrometheusVariableQueryEditor-VariableQuery",
        },
        "allValue": variable["allValue"],
        "allowCustomValue": True,
        "current": {"text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "includeAll": variable["includeAll"],
        "multi": variable["multi"],
        "options": [],
        "refresh": variable["refresh"],
        "regex": "",
        "skipUrlSync": False,
        "sort": variable["sort"],
    }
