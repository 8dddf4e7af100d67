"""Kinds of panels that grafanalib writes in a form from before Grafana 9, in the form of today. Pure.

Contract: the panels' options in grafana/grafana public/app/plugins/panel/*/panelcfg.cue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.values import Bars, Heat, States, Steps


@dataclass(frozen=True, slots=True)
class Form:
    """The name of a kind, the defaults of its fields and its options."""

    kind: str
    field: dict[str, Any]
    options: dict[str, Any]


def bars(panel: Bars) -> Form:
    """A bar gauge with the names beside the bars."""
    field = {
        "unit": panel.unit,
        "min": 0,
        **({} if panel.top is None else {"max": panel.top}),
        "color": {"mode": "thresholds"},
        "thresholds": _thresholds(panel.steps),
    }
    options = {
        "displayMode": "basic",
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
    }
    return Form("bargauge", field, options)


def heat(panel: Heat) -> Form:
    """A heat map of buckets that Prometheus has counted."""
    field = {
        "custom": {"hideFrom": {"legend": False, "tooltip": False, "viz": False}},
        "unit": panel.unit,
    }
    options = {
        "calculate": False,
        "cellGap": 1,
        "color": {
            "exponent": 0.5,
            "fill": "dark-orange",
            "mode": "scheme",
            "reverse": False,
            "scale": "exponential",
            "scheme": "Oranges",
            "steps": 64,
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": panel.unit},
    }
    return Form("heatmap", field, options)


def states(panel: States) -> Form:
    """A state timeline."""
    meant = {
        str(each.value): {"color": each.color, "index": place, "text": each.text}
        for place, each in enumerate(panel.states)
    }
    field = {
        "color": {"mode": "thresholds"},
        "custom": {"fillOpacity": 70, "lineWidth": 0},
        "mappings": [{"options": meant, "type": "value"}],
        "thresholds": _thresholds(Steps("text")),
        "unit": "short",
    }
    options = {
        "alignValue": "left",
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return Form("state-timeline", field, options)


def steps(given: Steps) -> list[dict[str, Any]]:
    """Thresholds as Grafana has them: the base is minus infinity, written as null."""
    return [
        {"color": given.base, "value": None},
        *({"color": color, "value": value} for value, color in given.steps),
    ]


def _thresholds(given: Steps) -> dict[str, Any]:
    return {"mode": "absolute", "steps": steps(given)}
