"""Kinds of panels, by the names that Grafana has for them. `PANELS` is the list of what is drawn."""

from collections.abc import Callable, Mapping

from dashboards.preview.panels.barchart import barchart
from dashboards.preview.panels.bargauge import bargauge
from dashboards.preview.panels.drawing import Drawing, Subject
from dashboards.preview.panels.gauge import gauge
from dashboards.preview.panels.heatmap import heatmap
from dashboards.preview.panels.histogram import histogram
from dashboards.preview.panels.lists import alertlist, elsewhere
from dashboards.preview.panels.logs import logs
from dashboards.preview.panels.piechart import piechart
from dashboards.preview.panels.stat import stat
from dashboards.preview.panels.states import state_timeline, status_history
from dashboards.preview.panels.table import table
from dashboards.preview.panels.text import text
from dashboards.preview.panels.timeseries import timeseries

PANELS: Mapping[str, Callable[[Subject], Drawing]] = {
    "alertlist": alertlist,
    "annolist": elsewhere,
    "barchart": barchart,
    "bargauge": bargauge,
    "dashlist": elsewhere,
    "gauge": gauge,
    "heatmap": heatmap,
    "histogram": histogram,
    "logs": logs,
    "news": elsewhere,
    "piechart": piechart,
    "stat": stat,
    "state-timeline": state_timeline,
    "status-history": status_history,
    "table": table,
    "text": text,
    "timeseries": timeseries,
    "trend": timeseries,
}
# Kinds that need no query.
UNASKED = frozenset({"text", "news", "dashlist", "annolist"})
