"""The mechanical rules for dashboards. `lint` gives findings; docs/dashboards.md has a line on each code."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from dashboards.lint_query import Catalogue, Refusal, problems
from dashboards.panels import document
from dashboards.values import Dashboard, queries
from estate.findings import Finding, Position, Severity

# Panels of Grafana itself that are not deprecated.
KINDS = {"bargauge", "heatmap", "row", "stat", "state-timeline", "table", "timeseries"}
# Grafana refuses longer ones.
LONGEST_UID = 40
# What one opening of the page may cost the global query.
MOST_QUERIES = 30
# A ConfigMap applied by kubectl may not be larger, and a browser has to read it too.
LARGEST_BYTES = 200_000
COLUMNS = 24
DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}

CODES = {
    "dashboard-uid": "The uid is missing, too long, not plain, or another dashboard's.",
    "dashboard-text": "A title is missing or not the only one, or a description is no sentence.",
    "dashboard-data-source": "A panel, query or variable does not use the data source that the reader chose.",
    "dashboard-unit": "A panel or a column shows numbers without a unit.",
    "dashboard-panel-kind": "A panel is of a kind that Grafana removed or that is a plugin.",
    "dashboard-id": "Two panels have one id, or two queries of a panel one letter.",
    "dashboard-overlap": "Two panels overlap, or one reaches out of the grid.",
    "dashboard-variable": "A variable has no definite value, or does not follow the time.",
    "dashboard-link": "A link leads to a dashboard that is not shipped.",
    "dashboard-thresholds": "A figure has no thresholds or no text for missing data.",
    "dashboard-queries": "Opening it runs too many queries.",
    "dashboard-size": "The document is too large.",
    "dashboard-promql": "A query does not parse.",
    "dashboard-unread": "Prometheus takes a query that this lint cannot look into.",
    "dashboard-cluster": "A query looks beyond the chosen clusters.",
    "dashboard-collapsed": "A result loses the cluster, or says that it does and does not.",
    "dashboard-window": "A rate has a fixed window.",
    "dashboard-counter": "A counter is shown as it is, or something else is rated.",
    "dashboard-metric": "A metric does not exist.",
    "dashboard-label": "A metric does not have a label that is asked for.",
}

WARNINGS = {"dashboard-unread"}

Found = Iterator[tuple[str, str, str]]


def lint(
    dashboards: Sequence[Dashboard], catalogue: Catalogue | None = None, refusal: Refusal | None = None
) -> tuple[Finding, ...]:
    """All findings over all dashboards.

    `catalogue` holds the metrics that exist; without it none is looked up. `refusal` says why Prometheus
    refuses a query, or nothing; without it the parser of this lint has the last word.
    """
    documents = [document(dashboard) for dashboard in dashboards]
    found: list[Finding] = []
    for dashboard, rendered in zip(dashboards, documents, strict=True):
        rows = [row for rule in RULES for row in rule(rendered)]
        rows += _uids(rendered, documents)
        rows += _links(rendered, documents)
        rows += _queries(dashboard, catalogue, refusal)
        position = Position(f"{dashboard.uid}.json")
        found += [Finding(code, _severity(code), position, path, message) for code, path, message in rows]
    return tuple(found)


def _severity(code: str) -> Severity:
    return "warning" if code in WARNINGS else "error"


def _panels(rendered: dict[str, Any], *, rows: bool = False) -> list[dict[str, Any]]:
    found = [inner for panel in rendered["panels"] for inner in (panel, *panel.get("panels", []))]
    return [panel for panel in found if rows or panel["type"] != "row"]


def _text(rendered: dict[str, Any]) -> Found:
    titles = Counter(panel["title"] for panel in _panels(rendered))
    for title, count in titles.items():
        if count > 1:
            yield "dashboard-text", title, f"{count} panels have this title"
    for place, item in [("", rendered), *((panel["title"], panel) for panel in _panels(rendered))]:
        if not item.get("title", "").strip():
            yield "dashboard-text", place, "there is no title"
        if not re.fullmatch(r"[A-Z0-9].*\.", item.get("description") or "", re.DOTALL):
            yield "dashboard-text", place, "the description is no sentence"


def _data_source(rendered: dict[str, Any]) -> Found:
    for panel in _panels(rendered):
        for item in (panel, *panel["targets"]):
            if item.get("datasource") != DATA_SOURCE:
                yield "dashboard-data-source", panel["title"], "it does not use ${datasource}"
    for variable in rendered["templating"]["list"]:
        if variable["type"] == "query" and variable.get("datasource") != DATA_SOURCE:
            yield "dashboard-data-source", variable["name"], "it does not use ${datasource}"


def _unit(rendered: dict[str, Any]) -> Found:
    for panel in _panels(rendered):
        if not panel["fieldConfig"]["defaults"].get("unit"):
            yield "dashboard-unit", panel["title"], "it has no unit"
        if panel["type"] != "table":
            continue
        shown = panel["transformations"][-1]["options"]["renameByName"].values()
        with_unit = {
            override["matcher"]["options"]
            for override in panel["fieldConfig"]["overrides"]
            if any(row["id"] == "unit" and row["value"] for row in override["properties"])
        }
        for name in shown:
            if name not in with_unit:
                yield "dashboard-unit", panel["title"], f"column {name} has no unit"


def _kind(rendered: dict[str, Any]) -> Found:
    for panel in _panels(rendered, rows=True):
        if panel["type"] not in KINDS:
            yield "dashboard-panel-kind", panel["title"], f"{panel['type']} is no panel of Grafana's own"


def _ids(rendered: dict[str, Any]) -> Found:
    counts = Counter(panel["id"] for panel in _panels(rendered, rows=True))
    for panel in _panels(rendered, rows=True):
        if counts[panel["id"]] > 1:
            yield "dashboard-id", panel["title"], f"another panel has id {panel['id']} too"
        letters = Counter(target["refId"] for target in panel.get("targets", []))
        for letter, count in letters.items():
            if count > 1 or not letter:
                yield "dashboard-id", panel["title"], f"{count} queries are called {letter!r}"


def _overlap(rendered: dict[str, Any]) -> Found:
    yield from _overlapping(rendered["panels"])
    for row in rendered["panels"]:
        yield from _overlapping(row.get("panels", []))


def _overlapping(panels: Sequence[dict[str, Any]]) -> Found:
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] < 0 or place["w"] < 1 or place["x"] + place["w"] > COLUMNS:
            yield "dashboard-overlap", panel["title"], "it reaches out of the grid"
    for one, two in combinations(panels, 2):
        if _apart(one["gridPos"], two["gridPos"], "x", "w") or _apart(
            one["gridPos"], two["gridPos"], "y", "h"
        ):
            continue
        yield "dashboard-overlap", two["title"], f"it overlaps {one['title']}"


def _apart(a: dict[str, int], b: dict[str, int], start: str, length: str) -> bool:
    """Whether two places do not touch in one direction."""
    return a[start] + a[length] <= b[start] or b[start] + b[length] <= a[start]


def _variables(rendered: dict[str, Any]) -> Found:
    names = [variable["name"] for variable in rendered["templating"]["list"]]
    if names[:2] != ["datasource", "cluster"]:
        yield "dashboard-variable", "", "the first variables are not datasource and cluster"
    for variable in rendered["templating"]["list"]:
        if not variable.get("current", {}).get("value"):
            yield "dashboard-variable", variable["name"], "it has no definite value"
        if variable["type"] == "query" and variable.get("refresh") != 2:
            yield "dashboard-variable", variable["name"], "it is not asked for again when the time changes"


def _figures(rendered: dict[str, Any]) -> Found:
    for panel in _panels(rendered):
        if panel["type"] == "stat":
            defaults = panel["fieldConfig"]["defaults"]
            if not defaults.get("thresholds", {}).get("steps"):
                yield "dashboard-thresholds", panel["title"], "it has no thresholds"
            if not defaults.get("noValue"):
                yield "dashboard-thresholds", panel["title"], "missing data cannot be told from zero"


def _cost(rendered: dict[str, Any]) -> Found:
    # Those of a closed row are asked once a reader opens it.
    count = sum(len(panel.get("targets", [])) for panel in rendered["panels"])
    if count > MOST_QUERIES:
        yield "dashboard-queries", "", f"it runs {count} queries when opened, more than {MOST_QUERIES}"
    size = len(json.dumps(rendered, indent=2).encode())
    if size > LARGEST_BYTES:
        yield "dashboard-size", "", f"it has {size} bytes, more than {LARGEST_BYTES}"


RULES: tuple[Callable[[dict[str, Any]], Found], ...] = (
    _text,
    _data_source,
    _unit,
    _kind,
    _ids,
    _overlap,
    _variables,
    _figures,
    _cost,
)


def _uids(rendered: dict[str, Any], documents: Sequence[dict[str, Any]]) -> Found:
    uid = rendered.get("uid") or ""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", uid) or len(uid) > LONGEST_UID:
        yield "dashboard-uid", "", f"{uid!r} is no uid"
    for item in ("uid", "title"):
        if sum(other.get(item) == rendered.get(item) for other in documents) > 1:
            yield "dashboard-uid", "", f"another dashboard has the {item} {rendered.get(item)!r} too"


def _links(rendered: dict[str, Any], documents: Sequence[dict[str, Any]]) -> Found:
    """Every `/d/UID` in the document is one of ours, and takes time and data source along."""
    shipped = {other["uid"] for other in documents}
    for url in re.findall(r'"url": "(/d/[^"]+)"', json.dumps(rendered)):
        uid = re.split(r"[/?]", url)[2]
        if uid not in shipped:
            yield "dashboard-link", "", f"{url} leads to {uid}, which is not shipped"
        if "${__url_time_range}" not in url or "${datasource:queryparam}" not in url:
            yield "dashboard-link", "", f"{url} does not take the time and the data source along"


def _queries(dashboard: Dashboard, catalogue: Catalogue | None, refusal: Refusal | None) -> Found:
    variables = tuple(each.name for each in dashboard.variables)
    for panel in dashboard.panels():
        for letter, query in queries(panel):
            for code, message in problems(query, catalogue, refusal, variables):
                yield code, f"{panel.title}.{letter}", message
