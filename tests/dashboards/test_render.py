"""Rendered dashboards: compared whole, the same everywhere, in the form that Grafana writes itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from dashboards import DASHBOARDS
from dashboards.render import documents, text
from tests.dashboards.places import DATA, ROOT

RENDERED = documents()


@pytest.mark.parametrize("name", list(RENDERED))
def test_documents(name: str) -> None:
    """Whole, as the expected file. `python -m tests.dashboards.golden` writes it anew."""
    assert text(RENDERED[name]) == (DATA / name).read_text(encoding="utf-8")


def test_every_dashboard_has_an_expected_file() -> None:
    """The list of dashboards is the list of files."""
    assert sorted(RENDERED) == sorted(f"{dashboard.uid}.json" for dashboard in DASHBOARDS)
    assert sorted(path.name for path in DATA.glob("singlepane-*.json")) == sorted(RENDERED)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_same_bytes_whatever_the_hash_seed(seed: str) -> None:
    """Nothing depends on the order of a set."""
    code = "from dashboards.render import *; print('|'.join(text(d) for d in documents().values()), end='')"
    printed = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == "|".join(text(rendered) for rendered in RENDERED.values())


def _walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, f"{path}[]")


@pytest.mark.parametrize("name", list(RENDERED))
def test_the_form_is_the_present_one(name: str) -> None:
    """Schema version 42, shared tooltip, not editable, nothing left that only grafanalib still writes."""
    rendered = RENDERED[name]
    assert {
        key: rendered[key] for key in ("schemaVersion", "graphTooltip", "editable", "timezone", "version")
    } == {
        "schemaVersion": 42,
        "graphTooltip": 1,
        "editable": False,
        "timezone": "utc",
        "version": 1,
    }
    assert set(rendered) == {
        "annotations",
        "description",
        "editable",
        "fiscalYearStartMonth",
        "graphTooltip",
        "links",
        "liveNow",
        "panels",
        "preload",
        "refresh",
        "schemaVersion",
        "tags",
        "templating",
        "time",
        "timepicker",
        "timezone",
        "title",
        "uid",
        "version",
        "weekStart",
    }
    nulls = {
        path.replace(".panels[].panels[]", ".panels[]") for path, value in _walk(rendered) if value is None
    }
    # The first step of a threshold is minus infinity, which Grafana writes as null.
    assert nulls <= {
        ".panels[].fieldConfig.defaults.thresholds.steps[].value",
        ".panels[].fieldConfig.overrides[].properties[].value.steps[].value",
    }
    for panel in rendered["panels"]:
        for target in panel.get("targets", []):
            assert set(target) == {
                "refId",
                "datasource",
                "editorMode",
                "expr",
                "format",
                "instant",
                "legendFormat",
                "range",
            }
            assert target["instant"] is not target["range"]


@pytest.mark.parametrize("name", list(RENDERED))
def test_a_table_names_its_columns(name: str) -> None:
    """Every query of a table gets its column's name, and every override finds a column."""
    for panel in RENDERED[name]["panels"]:
        if panel["type"] != "table":
            continue
        organize = panel["transformations"][-1]["options"]
        letters = [target["refId"] for target in panel["targets"]]
        values = ["Value"] if len(letters) == 1 else [f"Value #{letter}" for letter in letters]
        assert list(organize["renameByName"]) == values
        names = {*organize["renameByName"].values(), *organize["indexByName"]}
        assert {row["matcher"]["options"] for row in panel["fieldConfig"]["overrides"]} <= names
        kinds = [each["id"] for each in panel["transformations"]]
        assert kinds == (["organize"] if len(letters) == 1 else ["merge", "organize"])


def test_only_one_file_knows_grafanalib() -> None:
    """Another way to author can take its place without touching a dashboard."""
    rooms = ("alerts", "dashboards", "deploy", "estate", "exporters", "singlepane", "thanos")
    users = [
        str(path.relative_to(ROOT))
        for room in rooms
        for path in sorted((ROOT / room).rglob("*.py"))
        if "import grafanalib" in path.read_text() or "from grafanalib" in path.read_text()
    ]
    assert users == ["dashboards/panels.py"]


def test_the_text_is_json() -> None:
    """A file holds one document and ends with a line break."""
    for rendered in RENDERED.values():
        assert json.loads(text(rendered)) == rendered
        assert text(rendered).endswith("}\n")
