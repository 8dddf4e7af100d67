"""Who is told, by our own walk through the routes: the same as by Alertmanager's."""

from __future__ import annotations

import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from alerts.told import Told, told
from singlepane.program import program
from tests.alerts.rendered import EXAMPLE
from tests.alerts.routes import cases, drawn
from tests.alerts.test_receivers import OFFICE, ROUTED, routed

NIGHT = datetime.fromisoformat("2026-11-29T03:00+01:00")
MORNING = datetime.fromisoformat("2026-11-30T09:00+01:00")
ESTATES, CASES = 4, 12


def test_routes_and_hours() -> None:
    """A page goes out at night; what can wait says for which hours."""
    labels = {"severity": "critical", "team": "platform", "cluster": "prod-weu", "alertname": "TargetDown"}
    assert told(ROUTED.alerts, labels, NIGHT) == (
        Told("chat", "alerts.routes.0"),
        Told("duty", "alerts.routes.1"),
    )
    waits = {**labels, "severity": "warning"}
    assert told(ROUTED.alerts, waits, NIGHT) == (Told("cards", "alerts.routes.4", "office", False),)
    assert told(ROUTED.alerts, waits, MORNING) == (Told("cards", "alerts.routes.4", "office", True),)
    assert told(ROUTED.alerts, {**waits, "cluster": "prod-neu"}, NIGHT) == (Told("pane", "alerts.default"),)
    assert told(ROUTED.alerts, {**labels, "alertname": "Watchdog"}, NIGHT) == (
        Told("pane", "alerts.heartbeat"),
    )


@pytest.mark.parametrize(
    ("time", "now"),
    [
        # Winter and summer, by the clock of Amsterdam.
        ("2026-11-30T07:59:59Z", False),
        ("2026-11-30T08:00:00Z", True),
        ("2026-11-30T16:29:59Z", True),
        ("2026-11-30T16:30:00Z", False),
        ("2026-07-01T07:00:00Z", True),
        ("2026-07-01T06:59:59Z", False),
        ("2026-11-29T12:00:00Z", False),
    ],
)
def test_hours_are_kept_to_the_minute(time: str, now: bool) -> None:
    """The first minute is within, the last is not; Sunday is no working day."""
    alerts = routed({"receiver": "chat", "hours": "office"}, office=OFFICE).alerts
    assert told(alerts, {}, datetime.fromisoformat(time))[0].now is now


def test_alertmanager_says_the_same(tmp_path: Path) -> None:
    """amtool walks generated routes with generated labels, and gets to the same receivers, held back by the
    same maintenance.
    """
    chance = random.Random(9)
    for number in range(ESTATES):
        folder = tmp_path / str(number)
        folder.mkdir()
        for case in cases(chance, drawn(chance), folder, CASES):
            assert case.ours() == case.theirs(), (case.labels, case.at, case.config.read_text())


def _run(*words: str) -> Any:
    return CliRunner().invoke(program(["alerts"]), ["alerts", *words])


def _file(folder: Path) -> Path:
    document = yaml.safe_load(EXAMPLE.read_text())
    document["alerts"] = {
        "receivers": {"panes": {"kind": "singlepane"}, "duty": {"kind": "pagerduty", "key": "env:DUTY_KEY"}},
        "default": "panes",
        "heartbeat": {"receiver": "panes"},
        "routes": [
            {"receiver": "duty", "severities": ["critical"]},
            {"receiver": "duty", "severities": ["warning"], "hours": "office"},
        ],
        "hours": {"office": OFFICE},
    }
    path = folder / "estate.yaml"
    # As JSON, which is YAML with every text in quotes.
    path.write_text(json.dumps(document))
    return path


def test_the_command_says_who_is_told(tmp_path: Path) -> None:
    """By name alone: severity and team are those of the alert."""
    words = ("-e", str(_file(tmp_path)), "--at", "2026-11-29T03:00+01:00")
    assert _run("route", "alertname=ClusterSilent", *words).stdout == "duty (pagerduty), by alerts.routes.0\n"
    said = "duty (pagerduty), by alerts.routes.1, once the hours 'office' begin\n"
    assert _run("route", "severity=warning", *words).stdout == said
    document = json.loads(_run("route", "alertname=ClusterSilent", *words, "-o", "json").stdout)
    assert document["labels"] == {"alertname": "ClusterSilent", "severity": "critical", "team": "platform"}
    assert [(row["receiver"], row["now"]) for row in document["told"]] == [("duty", True)]


def test_the_list_has_what_the_estate_has(tmp_path: Path) -> None:
    """Alerts about exporters that it has not are not in it."""
    rows = json.loads(_run("list", "-e", str(_file(tmp_path)), "-o", "json").stdout)["alerts"]
    names = {row["alert"] for row in rows}
    assert {"ClusterSilent", "Watchdog", "ExporterStale"} <= names
    assert "ArgoCdAppOutOfSync" not in names
    assert all(row["severity"] in ("critical", "warning", "info", "none") for row in rows)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("severity",), "'severity' is no label"),
        (("severity=critical", "--at", "tonight"), "--at tonight: this is no time"),
        (("severity=critical", "--at", "2026-11-29T03:00"), "--at 2026-11-29T03:00: of which zone?"),
    ],
)
def test_what_is_typed_wrong_is_said(words: tuple[str, ...], error: str) -> None:
    """In words; the program prints them with a remedy."""
    assert error in str(_run("route", *words).exception)
