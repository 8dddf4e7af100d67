"""D-01: what is no dashboard, and what has another form than Grafana's."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.lint.options import Options
from dashboards.lint.rules import d01_schema
from dashboards.lint.run import lint
from tests.dashboards.lint.sound import findings, said, sound, text

CODE = d01_schema.RULE.code


def changed(**changes: Any) -> dict[str, Any]:
    """The first panel otherwise."""
    document = sound()
    document["panels"][0] |= changes
    return document


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "one"}, "id: Expected int | null, got str"),
        ({"type": 7}, "type: Expected str, got int"),
        ({"gridPos": {"x": 0, "y": 0, "w": 12}}, "gridPos: Object missing required field h"),
        ({"datasource": "Prometheus"}, "datasource: Expected object | null, got str"),
        ({"fieldConfig": {"defaults": {}}}, "fieldConfig: Object missing required field overrides"),
        ({"targets": {}}, "targets: Expected array | null, got object"),
        ({"repeatDirection": "x"}, "repeatDirection: Invalid enum value 'x'"),
    ],
)
def test_a_panel_of_another_form(changes: dict[str, Any], message: str) -> None:
    """Said with the key that is wrong."""
    assert message in [found for _, found in said(changed(**changes), CODE)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schemaVersion": 39}, "schemaVersion is 39, not 42: Grafana migrates it at each load"),
        ({"schemaVersion": None}, "schemaVersion is None, not 42: Grafana migrates it at each load"),
        ({"rows": []}, "it has `rows`, which schema version 16 took away"),
        ({"panels": "many"}, "panels is no list"),
        ({"panels": [3]}, "panels[0] is no object"),
        ({"templating": {"list": 3}}, "templating.list is no list"),
        ({"refresh": False}, "refresh: Expected str | null, got bool"),
        ({"time": {"to": "now"}}, "time: Object missing required field from"),
    ],
)
def test_a_dashboard_of_another_form(changes: dict[str, Any], message: str) -> None:
    """Whatever is in it is read all the same."""
    assert message in [found for _, found in said({**sound(), **changes}, CODE)]


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        ("", 1, "Expecting value"),
        ('{\n "panels": [,]\n}', 2, "Expecting value"),
        ('{"panels": [NaN]}', 0, "NaN is no JSON number"),
        ("[" * 100_000, 0, "it is nested too deep"),
        ('{"panels": [' + "1" * 5000 + "]}", 0, "Exceeds the limit"),
        ("[]", 1, "it holds a list, not a dashboard"),
        ("null", 1, "it holds null, not a dashboard"),
        ('{"name": "x"}', 1, "it is JSON, but no dashboard"),
        (
            '{"apiVersion": "dashboard.grafana.app/v2beta1", "spec": {"elements": {}}}',
            1,
            "it is a dashboard of schema v2beta1: export the classic one",
        ),
    ],
)
def test_what_is_no_dashboard(written: str, line: int, message: str) -> None:
    """One finding, with the line where there is one, and what to do."""
    (found,) = lint([("x.json", written)], Options())
    assert (found.code, found.position.line) == (CODE, line)
    assert found.message.startswith(message)
    assert found.fix


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda document: {"meta": {"slug": "shop"}, "dashboard": document},
        lambda document: {"apiVersion": "dashboard.grafana.app/v1beta1", "spec": document},
    ],
)
def test_replies_of_the_api_are_opened(wrapped: Any) -> None:
    """Both forms in which Grafana returns a classic dashboard; lines are those of the reply."""
    document = sound()
    document["panels"][1]["description"] = ""
    assert findings(wrapped(sound())) == ()
    (found,) = findings(wrapped(document))
    written = text(wrapped(document)).splitlines()
    assert '"id": 2' in written[found.position.line]


def test_a_finding_has_the_line_and_column_of_what_is_wrong() -> None:
    """Counted from 1, in the file as it is."""
    document = changed(id="one")
    found = next(row for row in findings(document) if row.code == CODE)
    line = text(document).splitlines()[found.position.line - 1]
    assert line[found.position.column - 1 :] == '"one",'
