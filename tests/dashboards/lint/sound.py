"""A small dashboard without a finding, and what is found in it once something is changed."""

from __future__ import annotations

import copy
import json
from typing import Any

from catalogue.shipped import shipped
from dashboards.lint.exceptions import Excepted
from dashboards.lint.options import Options
from dashboards.lint.run import lint
from estate.findings import Finding

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
OURS = 'cluster=~"$cluster"'


def target(expr: str, letter: str = "A", **more: Any) -> dict[str, Any]:
    """A query."""
    return {"refId": letter, "datasource": SOURCE, "expr": expr, "instant": True, "range": False, **more}


def panel(number: int, title: str, kind: str, **more: Any) -> dict[str, Any]:
    """A panel of half the width."""
    left, down = 12 * (number % 2), 8 * (number // 2)
    return {
        "id": number + 1,
        "type": kind,
        "title": title,
        "description": "What it shows, and when to worry.",
        "gridPos": {"x": left, "y": down, "w": 12, "h": 8},
        "datasource": SOURCE,
        "fieldConfig": {
            "defaults": {
                "unit": "short",
                "noValue": "no data",
                "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": None}]},
            },
            "overrides": [],
        },
        "options": {},
        "targets": [target(f"up{{{OURS}}}")],
        "links": [],
        **more,
    }


def sound() -> dict[str, Any]:
    """The dashboard: a figure, a graph and a table."""
    variables = [
        {
            "name": "datasource",
            "type": "datasource",
            "query": "prometheus",
            "current": {"text": "default", "value": "default"},
        },
        {
            "name": "cluster",
            "type": "query",
            "datasource": SOURCE,
            "query": "label_values(up, cluster)",
            "refresh": 2,
            "multi": True,
            "includeAll": True,
            "allValue": ".+",
            "current": {"text": "All", "value": "$__all"},
        },
    ]
    found: dict[str, Any] = {
        "uid": "shop",
        "title": "Shop",
        "description": "A dashboard.",
        "editable": False,
        "schemaVersion": 42,
        "tags": [],
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": variables},
        "annotations": {"list": []},
        "links": [],
        "panels": [
            panel(0, "Up", "stat"),
            panel(1, "Over time", "timeseries"),
            panel(2, "By target", "table"),
        ],
    }
    return copy.deepcopy(found)


def text(document: dict[str, Any]) -> str:
    """As a file holds it."""
    return json.dumps(document, indent=2)


def findings(document: dict[str, Any], *more: dict[str, Any], **options: Any) -> tuple[Finding, ...]:
    """All findings of a dashboard, and of others of the same run."""
    texts = [(f"{number}.json", text(each)) for number, each in enumerate((document, *more))]
    options = {"catalogue": shipped(), "recorded": frozenset({"cluster:up:sum"}), **options}
    return lint(texts, Options(**options))


def said(document: dict[str, Any], code: str, *more: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    """Where and what a rule finds."""
    return [(row.path, row.message) for row in findings(document, *more, **options) if row.code == code]


def asking(expr: str, **more: Any) -> dict[str, Any]:
    """The dashboard with another query in its first panel."""
    document = sound()
    document["panels"][0]["targets"] = [target(expr, **more)]
    return document


def excepted(code: str, where: str) -> Excepted:
    """An exception for it."""
    return Excepted(code, "shop", where, "because")
