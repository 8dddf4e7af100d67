"""The PromQL of a dashboard: of panels, variables and annotations, as it could be sent and as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import promql_parser as promql

from dashboards.reading.json_text import Pointer
from dashboards.reading.values import Dashboard, DataSource, Panel
from dashboards.reading.variables import Sent, sent
from promql.reading import Found, read
from promql.selectors import Use, uses

# `label_values(up{job="x"}, cluster)`: what is asked, and the label whose values are wanted.
_LABEL_VALUES = re.compile(r"\s*label_values\(\s*(?:(?P<asked>.*?)\s*,)?\s*(?P<label>\w+)\s*\)\s*", re.DOTALL)
_RESULT = re.compile(r"\s*query_result\((?P<asked>.*)\)\s*", re.DOTALL)
_OTHERS = ("loki", "grafana", "__expr__", "tempo", "elasticsearch", "cloudwatch", "testdata")
_PROMETHEUS = ("prometheus", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource")


@dataclass(frozen=True, slots=True)
class Query:
    """One query. `tree` is None where it cannot be read, and `unread` says why. `kind` is whose it is."""

    kind: Literal["panel", "variable", "annotation"]
    pointer: Pointer
    where: str
    written: str
    sent: Sent
    tree: promql.Expr | None
    unread: Found | None
    uses: tuple[Use, ...]
    panel: Panel | None = None


def queries(dashboard: Dashboard) -> Iterator[Query]:
    """All that are asked of a Prometheus, in reading order."""
    for panel in dashboard.shown():
        for target in panel.targets:
            source = target.source if target.source.given else panel.source
            if target.expr and of_prometheus(source, dashboard):
                where = f"{panel.name}.{target.ref_id or '?'}"
                yield _query("panel", (*target.pointer, "expr"), where, target.expr, dashboard, panel)
    for variable in dashboard.variables:
        asked = _asked(variable.query) if variable.type == "query" else ""
        if asked and of_prometheus(variable.source, dashboard):
            yield _query("variable", (*variable.pointer, "query"), f"${variable.name}", asked, dashboard)
    for annotation in dashboard.annotations:
        if annotation.expr and not annotation.builtin and of_prometheus(annotation.source, dashboard):
            where = f"annotation {annotation.name}"
            yield _query("annotation", (*annotation.pointer, "expr"), where, annotation.expr, dashboard)


def _query(
    kind: Literal["panel", "variable", "annotation"],
    pointer: Pointer,
    where: str,
    written: str,
    dashboard: Dashboard,
    panel: Panel | None = None,
) -> Query:
    text = sent(written, dashboard)
    found = read(text.text)
    if isinstance(found, tuple):
        return Query(kind, pointer, where, written, text, None, found, (), panel)
    return Query(kind, pointer, where, written, text, found, None, tuple(uses(found)), panel)


def _asked(query: str) -> str:
    """The selector or query inside of a variable's; nothing where all series are meant."""
    if match := _LABEL_VALUES.fullmatch(query):
        return match["asked"] or ""
    if match := _RESULT.fullmatch(query):
        return match["asked"]
    return ""


def of_prometheus(source: DataSource, dashboard: Dashboard) -> bool:
    """Whether a data source speaks PromQL, as far as can be told: a name alone may be anything."""
    if source.type and not source.type.startswith("$"):
        return source.type in _PROMETHEUS
    if source.uid.startswith(("$", "[[")):
        variable = dashboard.variable(source.uid.strip("${}[]"))
        return variable is None or variable.type != "datasource" or variable.query in ("", *_PROMETHEUS)
    return not source.uid.lower().startswith(("-- ", *_OTHERS))
