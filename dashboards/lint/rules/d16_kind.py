"""D-16: every panel is of a kind that Grafana has."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, at

# Source: grafana/grafana public/app/plugins/panel, those that Grafana 11 to 13 all have.
KINDS = frozenset(
    {
        *("alertlist", "annolist", "barchart", "bargauge", "candlestick", "canvas", "dashlist", "datagrid"),
        *("debug", "flamegraph", "gauge", "geomap", "gettingstarted", "heatmap", "histogram", "live"),
        *("logs", "news", "nodeGraph", "piechart", "row", "stat", "state-timeline", "status-history"),
        *("table", "text", "timeseries", "traces", "trend", "welcome", "xychart"),
    }
)
# Removed ones with what took their place.
REMOVED = {
    "graph": "timeseries",
    "singlestat": "stat",
    "table-old": "table",
    "grafana-piechart-panel": "piechart",
    "grafana-singlestat-panel": "stat",
    "grafana-worldmap-panel": "geomap",
    "natel-discrete-panel": "state-timeline",
    "flant-statusmap-panel": "status-history",
}


def check(subject: Subject) -> Iterator[Found]:
    """A plugin must be installed in every Grafana; what was removed is drawn by a migration or not at all."""
    for panel in subject.dashboard.panels:
        if panel.library or panel.type in KINDS:
            continue
        pointer = (*panel.pointer, "type")
        if not panel.type:
            yield at(panel, "it has no type", "name one, such as timeseries", pointer)
        elif panel.type in REMOVED:
            message = f"panels of type {panel.type} were removed from Grafana"
            yield at(panel, message, f"write {REMOVED[panel.type]}", pointer)
        else:
            message = f"{panel.type} is no panel of Grafana's own"
            yield at(panel, message, "take one of its own, or except this panel", pointer)


RULE = Rule("D-16", "Every panel is of a kind that Grafana has", check)
