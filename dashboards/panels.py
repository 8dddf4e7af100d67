"""From our values to Grafana's JSON, through grafanalib: the only place that knows it.

grafanalib writes schema version 12; `finish.py` brings that to the present.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from dashboards import kinds, links
from dashboards.finish import finished
from dashboards.kinds import Form
from dashboards.layout import Place, laid_out
from dashboards.values import (
    Bars,
    Column,
    Dashboard,
    Heat,
    Lines,
    Number,
    Panel,
    Query,
    Rows,
    States,
    Steps,
    queries,
)

TAG = "singlepane"
DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


class Present(core.Panel):
    """A kind of panel in the form that Grafana writes today, all of it in `extraJson`; grafanalib's own kinds
    are from before version 9.
    """

    def to_json_data(self) -> Any:
        """What grafanalib asks of every panel."""
        return self.panel_json({})


@dataclass(frozen=True, slots=True)
class Around:
    """What a panel has from its dashboard: where it leads, who answers for it, what a reader may choose."""

    drill: str
    owner: str
    variables: tuple[str, ...]


def document(dashboard: Dashboard) -> dict[str, Any]:
    """A dashboard as Grafana's classic JSON, schema version 42; equal input gives equal output, byte for
    byte.
    """
    built = core.Dashboard(
        title=dashboard.title,
        uid=dashboard.uid,
        description=dashboard.about,
        tags=[TAG, *dashboard.tags],
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
        panels=_panels(dashboard),
    ).auto_panel_ids()
    plain: dict[str, Any] = json.loads(json.dumps(built.to_json_data(), cls=DashboardEncoder))
    return finished(plain)


def _variables(dashboard: Dashboard) -> list[core.Template]:
    chosen = (
        ("cluster", "Cluster", dashboard.clusters),
        *((each.name, each.label, each.query) for each in dashboard.variables),
    )
    return [
        core.Template(name="datasource", label="Data source", type="datasource", query="prometheus"),
        *(
            core.Template(
                name=name,
                label=label,
                type="query",
                query=query,
                dataSource=DATA_SOURCE,
                includeAll=True,
                multi=True,
                allValue=".+",
                refresh=core.REFRESH_ON_TIME_RANGE_CHANGE,
                sort=core.SORT_ALPHA_ASC,
            )
            for name, label, query in chosen
        ),
    ]


def _panels(dashboard: Dashboard) -> list[core.Panel]:
    """All panels with their places. Those of a closed section are its heading's."""
    variables = ("datasource", "cluster", *(each.name for each in dashboard.variables))
    around = Around(dashboard.drill, dashboard.owner, variables)
    found: list[core.Panel] = []
    for each in laid_out(dashboard.sections):
        made = [_panel(panel, place, around) for panel, place in each.panels]
        closed = each.section.closed
        heading = core.RowPanel(
            title=each.section.title,
            gridPos=_grid(each.heading),
            collapsed=closed,
            panels=made if closed else [],
        )
        found += [heading] if closed else [heading, *made]
    return found


def _grid(place: Place) -> core.GridPos:
    return core.GridPos(place.height, place.width, place.left, place.top)


def _panel(panel: Panel, place: Place, around: Around) -> core.Panel:
    drill = panel.drill or around.drill
    shared = {
        "title": panel.title,
        "description": f"{panel.about} Owner: {panel.owner or around.owner}.",
        "gridPos": _grid(place),
        "dataSource": DATA_SOURCE,
        "links": [links.to(drill, around.variables)],
        # Grafana asks for no more points than there are pixels; grafanalib's 100 would leave out samples.
        "maxDataPoints": None,
        "extraJson": {"fieldConfig": {"defaults": {"noValue": panel.missing}}},
    }
    match panel:
        case Number():
            return _number(panel, shared)
        case Lines():
            shared["extraJson"]["fieldConfig"]["defaults"]["links"] = _of_series(panel.queries, drill, around)
            return _lines(panel, shared)
        case Bars():
            own = _of_series((panel.query,), drill, around)
            return _present(kinds.bars(panel), _targets(panel, instant=True), shared, own)
        case Heat():
            targets = _targets(panel, instant=False, form="heatmap")
            return _present(kinds.heat(panel), targets, shared, [])
        case States():
            own = _of_series((panel.query,), drill, around)
            return _present(kinds.states(panel), _targets(panel, instant=False), shared, own)
        case Rows():
            return _rows(panel, shared, around)
        case _:
            raise TypeError(f"{type(panel).__name__} has no form in Grafana")


def _of_series(asked: Iterable[Query], drill: str, around: Around) -> list[dict[str, Any]]:
    """The link of each series of a panel: those whose queries keep the cluster lead to it."""
    if any(query.collapses for query in asked):
        return []
    named = [each for each in around.variables if all(f"{{{{{each}}}}}" in query.legend for query in asked)]
    return [links.to_one(drill, around.variables, ["cluster", *(x for x in named if x != "cluster")])]


def _number(panel: Number, shared: dict[str, Any]) -> core.Stat:
    return core.Stat(
        **shared,
        targets=_targets(panel, instant=True),
        format=panel.unit,
        reduceCalc="lastNotNull",
        graphMode="none",
        colorMode="value",
        textMode="value",
        color={"mode": "thresholds"},
        thresholds=kinds.steps(panel.steps),
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
        thresholds=kinds.steps(panel.limit or Steps("green")),
        thresholdsStyleMode="dashed" if panel.limit else "off",
        valueMin=0,
        valueMax=panel.top,
    )


def _present(
    form: Form, targets: list[core.Target], shared: dict[str, Any], own: list[dict[str, Any]]
) -> Present:
    given = shared["extraJson"]["fieldConfig"]["defaults"]
    field = {**given, **form.field, **({"links": own} if own else {})}
    extra = {"type": form.kind, "fieldConfig": {"defaults": field}, "options": form.options}
    return Present(**{**shared, "targets": targets, "extraJson": extra})


def _rows(panel: Rows, shared: dict[str, Any], around: Around) -> core.Table:
    names = {
        f"Value #{letter}": column.name
        for (letter, _), column in zip(queries(panel), panel.columns, strict=True)
    }
    if len(panel.columns) == 1:
        # A single query keeps the plain name of its value.
        names = {"Value": panel.columns[0].name}
    order = {label: number for number, label in enumerate((*panel.keys, *names))}
    key = panel.keys[0]
    link = links.to_value(panel.link, key, around.variables) if panel.link else None
    return core.Table(
        **shared,
        span=None,
        targets=_targets(panel, instant=True, form="table"),
        unit="short",
        sortBy=[core.TableSortByField(panel.sort, panel.descending)] if panel.sort else [],
        overrides=[
            *(_column(column) for column in panel.columns),
            *([_override(key, {"links": [link]})] if link else []),
        ],
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


def _column(column: Column) -> dict[str, Any]:
    """Unit, thresholds and words of one column, by its name."""
    properties: dict[str, Any] = {"unit": column.unit, "noValue": column.missing}
    if column.steps:
        properties["thresholds"] = {"mode": "absolute", "steps": kinds.steps(column.steps)}
        properties["custom.cellOptions"] = {"type": "color-text"}
    if column.words:
        options = {
            value: {"index": place, "text": text} for place, (value, text) in enumerate(column.words.items())
        }
        properties["mappings"] = [{"type": "value", "options": options}]
    return _override(column.name, properties)


def _override(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
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
