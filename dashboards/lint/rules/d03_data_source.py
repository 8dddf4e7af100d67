"""D-03: every panel, query, variable and annotation asks the data source that the reader chose."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, at
from dashboards.reading.values import Dashboard, DataSource
from dashboards.reading.variables import used

# What asks nothing, and what is part of Grafana itself.
SILENT = frozenset({"row", "text", "dashlist", "news", "welcome", "gettingstarted", "alertlist", "annolist"})
_BUILTIN = ("-- Grafana --", "-- Dashboard --", "-- Mixed --", "grafana", "__expr__")
FIX = 'use {"type": "prometheus", "uid": "${datasource}"}'


def check(subject: Subject) -> Iterator[Found]:
    """A fixed data source works in one Grafana and in no other."""
    dashboard = subject.dashboard
    if not any(variable.type == "datasource" for variable in dashboard.variables):
        fix = "add a variable `datasource` of type datasource with the query prometheus"
        yield Found((*dashboard.root, "templating"), "", "there is no variable for the data source", fix)
    for panel in dashboard.shown():
        if panel.type in SILENT or panel.library:
            continue
        own = _problem(panel.source, dashboard)
        bare = [target for target in panel.targets if not target.source.given]
        if own and (bare or panel.source.given or not panel.targets):
            yield at(panel, f"the panel {own}", FIX)
        for target in panel.targets:
            if target.source.given and (why := _problem(target.source, dashboard)):
                yield at(panel, f"query {target.ref_id or '?'} {why}", FIX, target.pointer)
    for variable in dashboard.variables:
        if variable.type == "query" and (why := _problem(variable.source, dashboard)):
            yield Found(variable.pointer, f"${variable.name}", f"the variable {why}", FIX)
    for annotation in dashboard.annotations:
        if not annotation.builtin and (why := _problem(annotation.source, dashboard)):
            yield Found(annotation.pointer, annotation.name, f"the annotation {why}", FIX)


def _problem(source: DataSource, dashboard: Dashboard) -> str:
    if not source.given:
        return "names no data source, so that Grafana takes its default one"
    if source.uid in _BUILTIN or source.type == "__expr__":
        return ""
    names = used(source.uid)
    if not names:
        return f"uses the fixed data source {source.uid or source.type!r}"
    variable = dashboard.variable(names[0])
    if variable is None or variable.type != "datasource":
        return f"uses {source.uid}, which is no variable for a data source"
    return ""


RULE = Rule("D-03", "Everything that asks uses the data source variable", check)
