"""Receivers of every kind: what a real Alertmanager sends them, to whom, and when."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from alerts.receivers import JIRA, NAMED, PAGERDUTY, secret_files
from deploy.engines import find
from estate.model import Estate, Receiver
from tests.alerts.manager import Inbox, alertmanager, inbox, write
from tests.alerts.test_routing import estate_with
from tests.ports import free_port

SECRETS = {
    "env:DUTY_KEY": "routing-key",
    "env:OPS_KEY": "genie-key",
    "env:CARDS_URL": "http://127.0.0.1:1/teams",
    "env:CHAT_URL": "http://127.0.0.1:1/slack",
    "env:MAIL_PASSWORD": "a-password",
}
RECEIVERS = {
    "pane": {"kind": "singlepane"},
    "duty": {"kind": "pagerduty", "key": "env:DUTY_KEY", "region": "eu"},
    "operations": {"kind": "jira-service-management", "key": "env:OPS_KEY"},
    "cards": {"kind": "teams", "url": "env:CARDS_URL"},
    "chat": {"kind": "slack", "url": "env:CHAT_URL"},
    "mail": {
        "kind": "email",
        "to": "shop@shop.example",
        "sender": "alerts@shop.example",
        "server": "smtp.shop.example:587",
        "user": "alerts",
        "password": "env:MAIL_PASSWORD",
    },
}
# Cards of Teams may have that many bytes.
CARD = 28 * 1024


def routed(*routes: Mapping[str, Any], **hours: Mapping[str, Any]) -> Estate:
    """The example estate with a receiver of each kind."""
    return estate_with(
        {
            "receivers": RECEIVERS,
            "default": "pane",
            "heartbeat": {"receiver": "pane"},
            "routes": list(routes),
            "hours": hours,
        }
    )


OFFICE = {"zone": "Europe/Amsterdam", "begin": "09:00", "end": "17:30"}
ROUTED = routed(
    {"receiver": "chat", "severities": ["critical"], "also": True},
    {"receiver": "duty", "severities": ["critical"], "teams": ["platform"]},
    {"receiver": "operations", "severities": ["critical"]},
    {"receiver": "mail", "teams": ["shop"], "alerts": ["OrdersFalling", "OrdersGone"]},
    {"receiver": "cards", "severities": ["warning", "info"], "clusters": ["prod-weu"], "hours": "office"},
    office=OFFICE,
)


def test_every_kind_is_tried() -> None:
    """A kind that is added is tried here."""
    union = get_args(get_args(Receiver)[0])
    kinds = {get_args(each.model_fields["kind"].annotation)[0] for each in union}
    assert kinds == {row["kind"] for row in RECEIVERS.values()} | {"webhook"}


def test_no_secret_is_in_the_configuration(tmp_path: Path) -> None:
    """Each is in a file of its own, to which the configuration leads; amtool takes it."""
    config = write(ROUTED, tmp_path, "127.0.0.1:1", SECRETS)
    text = config.read_text()
    assert not [value for value in SECRETS.values() if value in text]
    files = secret_files(ROUTED)
    assert all(file.secret for file in files)
    assert [file.path for file in files] == [
        "receivers/duty.key",
        "receivers/operations.key",
        "receivers/cards.url",
        "receivers/chat.url",
        "receivers/mail.password",
    ]
    done = subprocess.run(
        [find("amtool"), "check-config", config], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"severity": "critical", "team": "platform", "cluster": "prod-neu"}, "chat,duty"),
        ({"severity": "critical", "team": "shop", "cluster": "prod-neu"}, "chat,operations"),
        ({"severity": "warning", "team": "shop", "cluster": "hub-weu", "alertname": "OrdersGone"}, "mail"),
        ({"severity": "warning", "team": "platform", "cluster": "prod-weu"}, "cards"),
        ({"severity": "info", "team": "platform", "cluster": "prod-weu"}, "cards"),
        ({"severity": "warning", "team": "platform", "cluster": "prod-neu"}, "pane"),
        ({"severity": "none", "alertname": "Watchdog", "cluster": "prod-weu"}, "pane/heartbeat"),
        # A name that only begins like one of them is another.
        ({"severity": "warning", "team": "shop", "alertname": "OrdersGoneForGood"}, "pane"),
    ],
)
def test_who_is_told(labels: dict[str, str], receivers: str, tmp_path: Path) -> None:
    """The first route that takes an alert has it; the heartbeat comes before all."""
    config = write(ROUTED, tmp_path, "127.0.0.1:1", SECRETS)
    words = [str(find("amtool")), "config", "routes", "test", f"--config.file={config}"]
    words += [f"{name}={value}" for name, value in labels.items()]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == receivers


def _alert(number: int) -> dict[str, Any]:
    return {
        "labels": {
            "alertname": "PodsCrashing",
            "severity": "critical",
            "team": "platform",
            "cluster": "prod-weu",
            "namespace": "shop",
            "pod": f"orders-{number:03}",
        },
        "annotations": {
            "summary": f"orders-{number:03} of shop crashes <again & again>, {'and again ' * 60}",
            "description": f"It ended 5 times within 10 minutes. {'Very often. ' * 200}",
            "runbook_url": "https://pane.example/runbooks/PodsCrashing",
            "dashboard_url": "https://pane.example/dashboards/workload?var-cluster=prod-weu",
        },
    }


def _sent(folder: Path, estate: Estate, alerts: list[dict[str, Any]], wanted: set[str]) -> Inbox:
    """What arrives at paths of an inbox, once something has arrived at each of the wanted ones."""
    with inbox() as (box, address):
        secrets = {key: value.replace("127.0.0.1:1", address) for key, value in SECRETS.items()}
        config = write(estate, folder, address, secrets)
        # Their own places on the internet, and the waiting times of people.
        text = config.read_text().replace(PAGERDUTY["eu"], f"http://{address}/pagerduty")
        text = text.replace(JIRA, f"http://{address}/jira/").replace("group_wait: 30s", "group_wait: 1s")
        config.write_text(text)
        with alertmanager(config, free_port()) as client:
            client.post("/api/v2/alerts", json=alerts).raise_for_status()
            end = time.monotonic() + 30
            while not wanted <= {path for path, _, _ in box.mail} and time.monotonic() < end:
                time.sleep(0.1)
    assert wanted <= {path for path, _, _ in box.mail}, box.mail
    return box


def test_what_people_read(tmp_path: Path) -> None:
    """Which alert of which cluster, what it means, where to look; and never more than a receiver takes."""
    estate = routed(*({"receiver": name, "also": True} for name in ("duty", "operations", "cards", "chat")))
    paths = {"/pagerduty", "/jira/v2/alerts", "/teams", "/slack"}
    box = _sent(tmp_path, estate, [_alert(number) for number in range(200)], paths)
    title = "critical: PodsCrashing in prod-weu/shop (200 alerts)"
    (_, page), *more = box.at("/pagerduty")
    assert not more
    assert (page["payload"]["summary"], page["payload"]["severity"]) == (title, "critical")
    assert page["routing_key"] == "routing-key"
    assert page["links"] == [{"href": "https://pane.example/runbooks/PodsCrashing", "text": "Runbook"}]
    (_, ticket), *more = box.at("/jira/v2/alerts")
    assert not more
    assert (ticket["message"], ticket["priority"]) == (title, "P1")
    assert ticket["tags"] == ["prod-weu", "critical", "platform"]
    (_, chat), *more = box.at("/slack")
    assert not more
    (attachment,) = chat["attachments"]
    assert (attachment["title"], attachment["title_link"]) == (
        title,
        "https://pane.example/runbooks/PodsCrashing",
    )
    assert attachment["text"].count("|Runbook>") == NAMED
    assert attachment["text"].endswith(f"and {200 - NAMED} more")
    (_, card), *more = box.at("/teams")
    assert not more
    assert len(json.dumps(card, ensure_ascii=False).encode()) < CARD
    shown = json.dumps(card)
    assert title in shown
    assert shown.count("[Runbook](https://pane.example/runbooks/PodsCrashing)") == NAMED
    assert "orders-000 of shop crashes" in shown


def test_hours_hold_back_what_can_wait(tmp_path: Path) -> None:
    """Outside of them nothing is sent; within them everything is."""
    today = datetime.now(UTC)
    # So that midnight may pass meanwhile.
    near = sorted({(today + timedelta(days=days)).strftime("%A").lower() for days in (0, 1)})
    far = sorted({(today + timedelta(days=days)).strftime("%A").lower() for days in (3, 4)})
    whole = {"zone": "UTC", "begin": "00:00", "end": "24:00"}
    estate = routed(
        {"receiver": "chat", "hours": "other-days", "also": True},
        {"receiver": "cards", "hours": "these-days"},
        **{"other-days": {**whole, "days": far}, "these-days": {**whole, "days": near}},
    )
    box = _sent(tmp_path, estate, [_alert(1)], {"/teams"})
    assert box.at("/slack") == []


def test_business_hours_are_those_of_a_place(tmp_path: Path) -> None:
    """As Alertmanager reads them, with the zone by name, so that summer time is none of our business."""
    document = yaml.safe_load(write(ROUTED, tmp_path, "127.0.0.1:1", SECRETS).read_text())
    assert document["time_intervals"] == [
        {
            "name": "office",
            "time_intervals": [
                {
                    "times": [{"start_time": "09:00", "end_time": "17:30"}],
                    "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                    "location": "Europe/Amsterdam",
                }
            ],
        }
    ]
