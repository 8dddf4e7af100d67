"""Maintenance: who is told nothing while it goes on, by our words, by amtool and by a real Alertmanager."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from alerts.routing import TOLD, configuration
from alerts.silences import plan, silence
from alerts.told import Told, told
from deploy.engines import find
from estate.components import Address
from estate.load import load
from estate.model import Estate, OneMaintenance
from singlepane.program import program
from tests.alerts.manager import alertmanager, inbox, post, write
from tests.alerts.rendered import EXAMPLE
from tests.alerts.test_receivers import RECEIVERS, SECRETS
from tests.alerts.test_routing import estate_with
from tests.ports import free_port
from tests.thanos.running import eventually

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"
NIGHT = datetime.fromisoformat("2026-11-29T03:00+01:00")
DAY = datetime.fromisoformat("2026-11-29T12:00+01:00")
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def window(**keys: Any) -> dict[str, Any]:
    """Maintenance of each week, Sundays in the night."""
    row = {"kind": "weekly", "zone": "Europe/Amsterdam", "days": ["sunday"], "begin": "02:00", "end": "04:00"}
    return {**row, **keys}


def with_windows(*routes: Mapping[str, Any], **windows: Mapping[str, Any]) -> Estate:
    """The example estate with a receiver of each kind."""
    return estate_with(
        {
            "receivers": RECEIVERS,
            "default": "pane",
            "heartbeat": {"receiver": "pane"},
            "routes": list(routes),
            "maintenance": windows,
        }
    )


def of_the_page() -> dict[str, Any]:
    """The example in the docs."""
    section = PAGE.read_text(encoding="utf-8").partition("## Maintenance\n")[2]
    block = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert block
    found: dict[str, Any] = yaml.safe_load(block[1])
    return found


def file_of(alerts: Mapping[str, Any], folder: Path) -> Path:
    """The example estate with these alerts, as a file."""
    document = {**yaml.safe_load(EXAMPLE.read_text()), **alerts}
    path = folder / "estate.yaml"
    # As JSON, which is YAML with every text in quotes.
    path.write_text(json.dumps(document))
    return path


def run(*words: str) -> Any:
    """What `singlepane alerts` answers."""
    return CliRunner().invoke(program(["alerts"]), ["alerts", *words])


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    """It has no finding, amtool takes it, and the command says what it holds back, and when."""
    file = file_of(of_the_page(), tmp_path)
    loaded = load(file)
    assert [row for row in loaded.findings if "alerts" in row.path] == []
    config = write(loaded.estate, tmp_path, "127.0.0.1:1", {"keyvault:shop-alerts/duty-key": "key"})
    subprocess.run([find("amtool"), "check-config", config], capture_output=True, check=True)
    words = ("route", "alertname=NodeNotReady", "-e", str(file), "--at")
    assert run(*words, "2026-11-29T03:00+01:00", "cluster=prod-weu").stdout == (
        "panes (singlepane), by alerts.default, held back by the maintenance 'patches'\n"
    )
    held = json.loads(run(*words, "2026-12-01T21:00Z", "cluster=prod-neu", "-o", "json").stdout)["told"]
    assert [each["held"] for each in held] == [["move"]]
    assert "held" not in run(*words, "2026-12-02T01:00Z", "cluster=prod-neu").stdout
    assert "held" not in run(*words, "2026-11-29T12:00+01:00", "cluster=prod-weu").stdout


def test_windows_that_meet_hold_back_together() -> None:
    """Where two windows hold back the same alert, its route has both; the narrower routes come first."""
    estate = with_windows(
        {"receiver": "duty", "severities": ["critical"], "clusters": ["prod-weu"]},
        weu=window(clusters=["prod-weu"]),
        neu=window(clusters=["prod-neu"]),
        shop=window(teams=["shop"], begin="04:00", end="05:00"),
    )
    _, duty, *default = configuration(estate, Address("server", "http"))["route"]["routes"]
    both = {
        "matchers": ['cluster=~"prod-weu"', 'team=~"shop"'],
        "mute_time_intervals": ["maintenance/weu", "maintenance/shop"],
    }
    weu = {"matchers": ['cluster=~"prod-weu"'], "mute_time_intervals": ["maintenance/weu"]}
    shop = {"matchers": ['team=~"shop"'], "mute_time_intervals": ["maintenance/shop"]}
    # What this route takes is of one cluster: the window of the other does not concern it.
    assert duty["routes"] == [both, weu, shop]
    assert [row["mute_time_intervals"] for row in default] == [
        ["maintenance/weu", "maintenance/shop"],
        ["maintenance/neu", "maintenance/shop"],
        ["maintenance/weu"],
        ["maintenance/neu"],
        ["maintenance/shop"],
    ]


def test_what_was_told_is_not_told_again_by_default() -> None:
    """A route that lets later ones be asked too has told of an alert: the default receiver gets it as little
    with windows as without.
    """
    also = {"receiver": "chat", "severities": ["critical"], "also": True}
    routes = configuration(with_windows(also, w=window()), Address("server", "http"))["route"]["routes"]
    assert routes[2] == {"matchers": ['severity=~"critical"'], "receiver": TOLD}
    without = configuration(with_windows(also), Address("server", "http"))
    assert TOLD not in str(without)


def test_the_watchdog_is_never_held_back() -> None:
    """Not by a window of all alerts; its route has none, and it is in no silence."""
    once = {"kind": "once", "begin": "2026-11-28T00:00Z", "end": "2026-12-01T00:00Z", "comment": "all of it"}
    estate = with_windows(all=window(), once=once)
    assert told(estate.alerts, {"alertname": "Watchdog"}, NIGHT) == (Told("pane", "alerts.heartbeat"),)
    assert told(estate.alerts, {"alertname": "TargetDown"}, NIGHT)[0].held == ("all", "once")
    first = configuration(estate, Address("server", "http"))["route"]["routes"][0]
    assert first["matchers"] == ['alertname="Watchdog"'] and "mute_time_intervals" not in first
    row = estate.alerts.maintenance["once"]
    assert isinstance(row, OneMaintenance)
    assert silence(estate, "once", row)["matchers"] == [
        {"name": "alertname", "value": ".+", "isRegex": True, "isEqual": True},
        {"name": "alertname", "value": "Watchdog", "isRegex": False, "isEqual": False},
    ]


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A real Alertmanager in whose estate every hour of the week is maintenance of the cluster prod-weu."""
    hours = [{"begin": "00:00", "end": "12:00"}, {"begin": "12:00", "end": "24:00"}]
    windows = {
        f"w{index}": window(days=WEEK, clusters=["prod-weu"], **each) for index, each in enumerate(hours)
    }
    estate = with_windows({"receiver": "chat", "severities": ["critical"], "also": True}, **windows)
    with inbox() as (_, address):
        config = write(estate, tmp_path_factory.mktemp("maintenance"), address, SECRETS)
        # A group is muted when it is looked at for the first time.
        config.write_text(config.read_text().replace("group_wait: 30s", "group_wait: 0s"))
        with alertmanager(config, free_port()) as client:
            yield client


def test_alertmanager_mutes_what_maintenance_holds_back(manager: httpx.Client) -> None:
    """A real Alertmanager mutes the groups of the window's cluster, by the window; not those of another, and
    not the heartbeat.
    """
    wanted = {(name, f"prod-{at}") for name in ("TargetDown", "Watchdog") for at in ("weu", "neu")}
    post(manager, *({"alertname": name, "cluster": cluster} for name, cluster in wanted))

    def muted() -> dict[tuple[str, str], list[str]]:
        found = {
            (each["labels"]["alertname"], each["labels"]["cluster"]): each["status"]["mutedBy"]
            for group in manager.get("/api/v2/alerts/groups").json()
            for each in group["alerts"]
        }
        return found if set(found) >= wanted and found["TargetDown", "prod-weu"] else {}

    found = eventually(20, "the group is muted", muted)
    (by,) = found["TargetDown", "prod-weu"]
    assert by in ("maintenance/w0", "maintenance/w1")
    assert not any(found[key] for key in wanted - {("TargetDown", "prod-weu")})


def test_silences_are_those_of_the_estate(manager: httpx.Client, tmp_path: Path) -> None:
    """They are made, seen as they are, changed and ended with their rows; others' are left alone; and alerts
    are held back by them.
    """
    now = datetime.now(UTC)
    hours = (("before", -2), ("past", -1), ("soon", 3), ("later", 5))
    at = {name: (now + timedelta(hours=count)).strftime("%Y-%m-%dT%H:%MZ") for name, count in hours}
    move: dict[str, Any] = {"kind": "once", "begin": at["before"], "end": at["soon"], "comment": "a move"}
    move["clusters"] = ["prod-neu"]
    plans = {**move, "begin": at["soon"], "end": at["later"], "teams": ["platform"], "clusters": []}
    over = {**move, "end": at["past"]}
    theirs = {
        "matchers": [{"name": "cluster", "value": "prod-neu", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "someone",
        "comment": "shop/move: mine",
    }
    other = {**theirs, "createdBy": "singlepane", "comment": "elsewhere/move: another estate"}
    for each in (theirs, other):
        manager.post("/api/v2/silences", json=each).raise_for_status()

    def said(command: str, *words: str, **windows: Any) -> dict[str, str]:
        alerts = {"receivers": RECEIVERS, "default": "pane", "heartbeat": {"receiver": "pane"}}
        file = file_of({"alerts": {**alerts, "maintenance": windows}}, tmp_path)
        done = run("silences", command, "--url", str(manager.base_url), "-e", str(file), "-o", "json", *words)
        assert done.exit_code == 0, done.output
        return {row["name"]: row["action"] for row in json.loads(done.stdout)["silences"]}

    def live() -> dict[str, tuple[str, str]]:
        rows = manager.get("/api/v2/silences").json()
        return {
            row["comment"]: (row["status"]["state"], row["endsAt"][:16])
            for row in rows
            if row["status"]["state"] != "expired"
        }

    both = {"move": move, "plans": plans, "over": over}
    before = live()
    assert set(before) == {"shop/move: mine", "elsewhere/move: another estate"}
    assert said("list", **both) == said("apply", "--dry-run", **both) == {"move": "create", "plans": "create"}
    assert live() == before
    assert said("apply", **both) == {"move": "create", "plans": "create"}
    made = live()
    assert {name: state for name, (state, _) in made.items() if name not in before} == {
        "shop/move: a move": "active",
        "shop/plans: a move": "pending",
    }
    assert said("apply", **both) == {"move": "keep", "plans": "keep"}
    assert live() == made
    longer = {**move, "end": at["later"]}
    assert said("apply", move=longer) == {"move": "change", "plans": "expire"}
    assert live() == {**before, "shop/move: a move": ("active", at["later"][:16])}
    narrower = {**longer, "alerts": ["TargetDown"]}
    assert said("apply", move=narrower) == {"move": "change"}
    assert said("list", move=narrower) == {"move": "keep"}

    for row in manager.get("/api/v2/silences").json():
        if row["comment"] in before:
            manager.delete(f"/api/v2/silence/{row['id']}").raise_for_status()
    names = ("TargetDown", "Watchdog", "Other")
    post(manager, *({"alertname": name, "cluster": "prod-neu"} for name in names))

    def states() -> dict[str, str]:
        rows = manager.get("/api/v2/alerts", params={"filter": 'cluster="prod-neu"'}).json()
        found = {row["labels"]["alertname"]: row["status"]["state"] for row in rows}
        return found if found.get("TargetDown") == "suppressed" and len(found) == 3 else {}

    assert eventually(20, "the silence is at work", states) == {
        "TargetDown": "suppressed",
        "Watchdog": "active",
        "Other": "active",
    }
    assert said("apply") == {"move": "expire"}
    assert live() == {}


def test_one_that_is_there_twice_is_ended_once() -> None:
    """Of two silences of one row the right one stays."""
    once = {"kind": "once", "begin": "2026-11-29T00:00Z", "end": "2026-12-01T00:00Z", "comment": "a move"}
    estate = with_windows(move=once)
    row = estate.alerts.maintenance["move"]
    assert isinstance(row, OneMaintenance)
    right = {**silence(estate, "move", row), "id": "right", "status": {"state": "active"}}
    wrong = {**right, "id": "wrong", "endsAt": "2026-11-30T00:00:00.000Z"}
    changes = plan(estate, [wrong, right], DAY)
    said = [(each.action, (each.now or {})["id"]) for each in changes]
    assert said == [("keep", "right"), ("expire", "wrong")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, text="<html>sign in</html>"), "does not answer as an Alertmanager does"),
        (httpx.Response(200, json={"status": "success"}), "does not answer as an Alertmanager does"),
        (httpx.Response(401, text="no token"), "401 no token"),
        (httpx.ConnectError("refused"), "is not reached: refused"),
    ],
)
def test_what_is_no_alertmanager_is_said(
    answer: httpx.Response | Exception, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, with what --url should be."""

    def request(*_: Any, **__: Any) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        answer.request = httpx.Request("GET", "http://127.0.0.1:1/api/v2/silences")
        return answer

    monkeypatch.setattr(httpx.Client, "request", request)
    file = file_of(of_the_page(), tmp_path)
    done = run("silences", "list", "--url", "http://127.0.0.1:1", "-e", str(file))
    assert error in str(done.exception)
