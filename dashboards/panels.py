"""From our values to Grafana's JSON, through grafanalib: the only place that knows it.

grafanalib writes schema version 12; `finish.py` brings that to the present.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from dashboards.finish import finished
from dashboards.values import Column, Dashboard, Lines, Number, Panel, Rows, Section, Steps, queries

WIDTH = 24
TAG = "singlepane"
DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def document(dashboard: Dashboard) -> dict[str, Any]:
    """A dashboard as Grafana's classic JSON, schema version 42; equal input gives equal output, byte for
    byte.
    """
    built = core.Dashboard(
        title=dashboard.title,
        uid=dashboard.uid,
        description=dashboard.about,
        tags=[TAG],
        timezone="utc",
        editable=False,
        refresh=dashboard.refresh,
        time=core.Time(dashboard.since, "now"),
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        links=[
            core.DashboardLink(
                title="singlepane", tags=[TAG], keepTime=True, includeVars=True, icon="dashboard"
            )
        ],
        templating=core.Templating(_variables(dashboard)),
        panels=_panels(dashboard.sections),
    ).auto_panel_ids()
    plain: dict[str, Any] = json.loads(json.dumps(built.to_json_data(), cls=DashboardEncoder))
    return finished(plain)


def _variables(dashboard: Dashboard) -> list[core.Template]:
    return [
        core.Template(name="datasource", label="Data source", type="datasource", query="prometheus"),
        core.Template(
            name="cluster",
            label="Cluster",
            type="query",
            query=dashboard.clusters,
            dataSource=DATA_SOURCE,
            includeAll=True,
            multi=True,
            allValue=".+",
            refresh=core.REFRESH_ON_TIME_RANGE_CHANGE,
            sort=core.SORT_ALPHA_ASC,
        ),
    ]


def _panels(sections: Iterable[Section]) -> list[core.Panel]:
    """All panels with their places on the grid of 24 columns: a heading above, then rows filled from the
    left.
    """
    placed: list[core.Panel] = []
    top = 0
    for section in sections:
        placed.append(core.RowPanel(title=section.title, gridPos=core.GridPos(1, WIDTH, 0, top)))
        top += 1
        left, tallest = 0, 0
        for panel in section.panels:
            if left + panel.width > WIDTH:
                top, left, tallest = top + tallest, 0, 0
            placed.append(_panel(panel, core.GridPos(panel.height, panel.width, left, top)))
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest
    return placed


def _panel(panel: Panel, place: core.GridPos) -> core.Panel:
    shared = {
        "title": panel.title,
        "description": panel.about,
        "gridPos": place,
        "dataSource": DATA_SOURCE,
        # Grafana asks for no more points than there are pixels; grafanalib's 100 would leave out samples.
        "maxDataPoints": None,
    }
    match panel:
        case Number():
            return _number(panel, shared)
        case Lines():
            return _lines(panel, shared)
        case Rows():
            return _rows(panel, shared)
        case _:
            raise TypeError(f"{type(panel).__name__} has no form in Grafana")


def _number(panel: Number, shared: dict[str, Any]) -> core.Stat:
    return core.Stat(
        **shared,
        targets=_targets(panel, instant=True),
        format=panel.unit,
        noValue=panel.missing,
        reduceCalc="lastNotNull",
        graphMode="none",
        colorMode="value",
        textMode="value",
        color={"mode": "thresholds"},
        thresholds=_steps(panel.steps),
    )


def _lines(panel: Lines, shared: dict[str, Any]) -> core.TimeSeries:
    return core.TimeSeries(
        **shared,
        targets=_targets(panel, instant=False),
        unit=panel.unit,
        fillOpacity=8,
        lineWidth=1,
        showPoints="never",
        stacking={"mode": "none", "group": "A"},
        legendDisplayMode="table",
        legendPlacement="bottom",
        legendCalcs=["lastNotNull", "max"],
        tooltipMode="multi",
        tooltipSort="desc",
        thresholds=_steps(panel.limit or Steps("green")),
        thresholdsStyleMode="dashed" if panel.limit else "off",
        valueMin=0,
        valueMax=panel.top,
    )


def _rows(panel: Rows, shared: dict[str, Any]) -> core.Table:
    names = {
        f"Value #{letter}": column.name
        for (letter, _), column in zip(queries(panel), panel.columns, strict=True)
    }
    if len(panel.columns) == 1:
        # A single query keeps the plain name of its value.
        names = {"Value": panel.columns[0].name}
    order = {label: number for number, label in enumerate((*panel.keys, *names))}
    return core.Table(
        **shared,
        span=None,
        targets=_targets(panel, instant=True, form="table"),
        unit="short",
        sortBy=[core.TableSortByField(panel.sort, panel.descending)] if panel.sort else [],
        overrides=[*(_column(column) for column in panel.columns), *_links(panel)],
        transformations=[
            *([{"id": "merge", "options": {}}] if len(panel.columns) > 1 else []),
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True},
                    "includeByName": {},
                    "indexByName": order,
                    "renameByName": names,
                },
            },
        ],
    )


def _links(panel: Rows) -> list[dict[str, Any]]:
    """The first key opens another dashboard with that key, the time and the variables."""
    if not panel.link:
        return []
    key = panel.keys[0]
    url = f"/d/{panel.link}?${{__url_time_range}}&var-{key}=${{__value.raw}}&${{datasource:queryparam}}"
    link = {"title": f"Open this {key}", "url": url}
    return [_override(key, [("links", [link])])]


def _column(column: Column) -> dict[str, Any]:
    """Unit, thresholds and words of one column, by its name."""
    properties: list[tuple[str, Any]] = [("unit", column.unit), ("noValue", column.missing)]
    if column.steps:
        properties.append(("thresholds", {"mode": "absolute", "steps": _steps(column.steps)}))
        properties.append(("custom.cellOptions", {"type": "color-text"}))
    if column.words:
        options = {
            value: {"index": place, "text": text} for place, (value, text) in enumerate(column.words.items())
        }
        properties.append(("mappings", [{"type": "value", "options": options}]))
    return _override(column.name, properties)


def _override(name: str, properties: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties],
    }


def _targets(panel: Panel, *, instant: bool, form: str = "time_series") -> list[core.Target]:
    return [
        core.Target(
            expr=query.expr,
            legendFormat=query.legend or "__auto",
            refId=letter,
            instant=instant,
            format=form,
            datasource=DATA_SOURCE,
        )
        for letter, query in queries(panel)
    ]


def _steps(steps: Steps) -> list[dict[str, Any]]:
    return [
        {"color": steps.base, "value": None},
        *({"color": color, "value": value} for value, color in steps.steps),
    ]
