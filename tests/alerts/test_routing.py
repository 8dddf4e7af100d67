"""Who is told: the configuration by value, and what a real Alertmanager makes of it."""

from __future__ import annotations

import subprocess
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from alerts.receivers import secret_files
from alerts.routing import configuration
from deploy.engines import find
from estate.components import Address, File, FilePath, SecretValue, Text, text
from estate.errors import UsageError
from estate.model import Estate
from tests.alerts.manager import alertmanager, inbox, post, write
from tests.alerts.rendered import example
from tests.ports import free_port
from thanos.alertmanager import retention_hours

SERVER = Address("server", "http")


def estate_with(alerts: dict[str, Any]) -> Estate:
    """The example estate with other receivers."""
    return Estate.model_validate({**example().model_dump(by_alias=True), "alerts": alerts})


PAGER = estate_with(
    {
        "receivers": {
            "pane": {"kind": "singlepane"},
            "pager": {"kind": "webhook", "url": "env:PAGER_URL"},
        },
        "default": "pager",
        "heartbeat": {"receiver": "pager", "every": "2m"},
        "repeat": "12h",
    }
)


def test_configuration_of_the_example() -> None:
    """One receiver gets everything, and heartbeats at their own path."""
    assert configuration(example(), SERVER) == {
        "route": {
            "receiver": "oncall",
            "group_by": ["cluster", "alertname", "namespace"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [
                {
                    "matchers": ['alertname="Watchdog"'],
                    "receiver": "oncall/heartbeat",
                    "group_by": ["cluster"],
                    "group_wait": "0s",
                    "group_interval": "1m",
                    "repeat_interval": "30000ms",
                }
            ],
        },
        "inhibit_rules": [
            {
                "source_matchers": ['alertname="ClusterSilent"'],
                "target_matchers": ['alertname!~"ClusterSilent|Watchdog"'],
                "equal": ["cluster"],
            },
            {
                "source_matchers": ['alertname=~"AzureMetricsGroupDown|AzureMetricsStale"'],
                "target_matchers": ['alertname="ExporterStale"'],
                "equal": ["cluster", "component", "exporter"],
            },
            {
                "source_matchers": ['alertname="AzureMetricsThrottled"'],
                "target_matchers": ['alertname="AzureMetricsStale"'],
                "equal": ["cluster", "component", "exporter", "subscription"],
            },
        ],
        "receivers": [
            {
                "name": "oncall",
                "webhook_configs": [
                    {
                        "url": Text(("http://", SERVER, "/api/v1/alertmanager")),
                        "max_alerts": 500,
                        "send_resolved": True,
                    }
                ],
            },
            {
                "name": "oncall/heartbeat",
                "webhook_configs": [
                    {
                        "url": Text(("http://", SERVER, "/api/v1/heartbeat")),
                        "max_alerts": 500,
                        "send_resolved": False,
                    }
                ],
            },
        ],
    }


def test_webhook_urls_are_only_in_secret_files() -> None:
    """The configuration names a file; the file holds the reference, and is marked secret."""
    document = configuration(PAGER, SERVER)
    file = text(FilePath("receivers/pager.url"))
    assert document["receivers"][1:] == [
        {"name": "pager", "webhook_configs": [{"url_file": file, "send_resolved": True}]},
        {"name": "pager/heartbeat", "webhook_configs": [{"url_file": file, "send_resolved": False}]},
    ]
    assert secret_files(PAGER) == (
        File("receivers/pager.url", text(SecretValue("env:PAGER_URL")), secret=True),
    )
    assert secret_files(example()) == ()


def test_a_receiver_that_does_not_run_is_refused() -> None:
    """Alerts that would go nowhere are an error, with the way out."""
    with pytest.raises(UsageError, match="receiver 'oncall' is the singlepane server") as caught:
        configuration(example(), None)
    assert "kind: webhook" in caught.value.remedy


def test_every_inhibition_stays_in_its_cluster() -> None:
    """Without `cluster` in `equal`, an alert of one cluster hides those of all."""
    for rule in configuration(example(), SERVER)["inhibit_rules"]:
        assert "cluster" in rule["equal"]


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"alertname": "Watchdog", "severity": "none", "cluster": "prod-weu"}, "pager/heartbeat"),
        ({"alertname": "ClusterSilent", "severity": "critical", "cluster": "prod-weu"}, "pager"),
        ({"alertname": "TargetDown", "severity": "warning", "cluster": "hub-weu"}, "pager"),
        ({"alertname": "SomethingNew"}, "pager"),
    ],
)
def test_routes(labels: dict[str, str], receiver: str, tmp_path: Path) -> None:
    """amtool takes the file, and each kind of alert to its receiver."""
    config = write(PAGER, tmp_path, "127.0.0.1:1", {"env:PAGER_URL": "http://127.0.0.1:1/"})
    subprocess.run([find("amtool"), "check-config", config], check=True, capture_output=True)
    done = subprocess.run(
        [
            find("amtool"),
            "config",
            "routes",
            "test",
            f"--config.file={config}",
            f"--verify.receivers={receiver}",
            *(f"{name}={value}" for name, value in labels.items()),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, receiver)


def test_one_heartbeat_for_each_cluster_and_interval(tmp_path: Path) -> None:
    """A real Alertmanager beats once per interval and cluster, and not twice, nor every other time."""
    every, beats = 2, 4
    estate = estate_with(
        {
            "receivers": {"pane": {"kind": "singlepane"}},
            "default": "pane",
            "heartbeat": {"receiver": "pane", "every": f"{every}s"},
        }
    )
    clusters = ("prod-weu", "prod-neu")
    with inbox() as (box, address), alertmanager(write(estate, tmp_path, address), free_port()) as client:
        post(client, *({"alertname": "Watchdog", "severity": "none", "cluster": name} for name in clusters))
        end = time.monotonic() + every * beats + 20
        while len(box.at("/api/v1/heartbeat")) < beats * len(clusters) and time.monotonic() < end:
            time.sleep(0.1)
    assert box.at("/api/v1/alertmanager") == []
    for cluster in clusters:
        times = [
            when
            for when, document in box.at("/api/v1/heartbeat")
            if document["groupLabels"] == {"cluster": cluster}
        ][:beats]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert len(gaps) == beats - 1
        # A beat put off to the next interval would come after twice the time.
        assert all(0.5 * every < gap < 1.75 * every for gap in gaps), gaps


def states(folder: Path, *alerts: dict[str, str]) -> list[str]:
    """What a real Alertmanager makes of each alert, once that stays as it is for a second."""
    with inbox() as (_, address), alertmanager(write(example(), folder, address), free_port()) as client:
        post(client, *alerts)
        shown: list[str] = []
        since = time.monotonic()
        end = since + 20
        while not shown or time.monotonic() < since + 1:
            assert time.monotonic() < end, shown
            time.sleep(0.1)
            found = {
                frozenset(alert["labels"].items()): alert["status"]["state"]
                for alert in client.get("/api/v2/alerts").json()
            }
            now = [found.get(frozenset(each.items()), "unknown") for each in alerts]
            if now != shown or "suppressed" not in now:
                shown, since = now, time.monotonic()
        return shown


def test_a_silent_cluster_holds_back_its_own_alerts_alone(tmp_path: Path) -> None:
    """In a real Alertmanager, ClusterSilent suppresses what comes from its cluster and nothing else."""
    assert states(
        tmp_path,
        {"alertname": "ClusterSilent", "severity": "critical", "cluster": "prod-weu"},
        {"alertname": "TargetDown", "severity": "warning", "cluster": "prod-weu"},
        {"alertname": "Watchdog", "severity": "none", "cluster": "prod-weu"},
        {"alertname": "TargetDown", "severity": "warning", "cluster": "prod-neu"},
        {"alertname": "ClusterSilent", "severity": "critical", "cluster": "prod-sea"},
    ) == ["active", "suppressed", "active", "active", "active"]


def test_a_type_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    """What says why holds back what only says that, of the same exporter and cluster alone."""
    row = {"cluster": "prod-weu", "component": "azure-weu", "exporter": "azure"}
    group = {**row, "subscription": "prod", "type": "microsoft.cache/redis"}
    assert states(
        tmp_path,
        {"alertname": "AzureMetricsGroupDown", **group},
        {"alertname": "ExporterStale", "collector": "azure-metrics", **row},
        {"alertname": "ExporterStale", "collector": "json", **row, "exporter": "shop"},
        {"alertname": "ExporterStale", "collector": "azure-metrics", **row, "cluster": "prod-neu"},
    ) == ["active", "suppressed", "active", "active"]


def test_what_azure_keeps_waiting_is_told_once(tmp_path: Path) -> None:
    """Throttling explains old values of its subscription, and both that the collector fails."""
    row = {"cluster": "prod-weu", "component": "azure-weu", "exporter": "azure"}
    assert states(
        tmp_path,
        {"alertname": "AzureMetricsThrottled", **row, "subscription": "prod", "api": "batch"},
        {"alertname": "AzureMetricsStale", **row, "subscription": "prod", "type": "microsoft.cache/redis"},
        {"alertname": "ExporterStale", "collector": "azure-metrics", **row},
        {"alertname": "AzureMetricsStale", **row, "subscription": "hub", "type": "microsoft.cache/redis"},
    ) == ["active", "suppressed", "suppressed", "active"]


def test_a_webhook_gets_alerts_and_their_end(tmp_path: Path) -> None:
    """What is sent to the URL of the secret file arrives, with its cluster, and again when it is over."""
    with inbox() as (box, address):
        config = write(PAGER, tmp_path, "127.0.0.1:1", {"env:PAGER_URL": f"http://{address}/hook?token=t"})
        # Waiting times of people, cut down for a test.
        config.write_text(
            config.read_text()
            .replace("group_wait: 30s", "group_wait: 0s")
            .replace("group_interval: 5m", "group_interval: 1s")
        )
        with alertmanager(config, free_port()) as client:
            labels = {"alertname": "TargetDown", "severity": "warning", "cluster": "prod-weu"}
            post(client, labels)
            _wait_for(box, 1)
            client.post(
                "/api/v2/alerts",
                json=[
                    {"labels": labels, "startsAt": "2024-01-01T00:00:00Z", "endsAt": "2024-01-01T00:01:00Z"}
                ],
            ).raise_for_status()
            _wait_for(box, 2)
    mail = [document for _, document in box.at("/hook?token=t")]
    assert [(each["status"], each["receiver"], each["groupLabels"]) for each in mail] == [
        ("firing", "pager", {"alertname": "TargetDown", "cluster": "prod-weu"}),
        ("resolved", "pager", {"alertname": "TargetDown", "cluster": "prod-weu"}),
    ]


@pytest.mark.parametrize(("repeat", "hours"), [("4h", 120), ("60h", 120), ("2w", 672), ("100y", 1_752_000)])
def test_what_was_sent_is_known_until_it_is_sent_again(repeat: str, hours: int, tmp_path: Path) -> None:
    """Alertmanager itself says when it would forget before that (alertmanager#3370): with our flag it has
    nothing to say.
    """
    said = "repeat_interval is greater than the data retention period"
    estate = estate_with({**example().alerts.model_dump(by_alias=True), "repeat": repeat})
    assert retention_hours(estate) == hours
    for flags in ((), (f"--data.retention={hours}h",)):
        folder = tmp_path / str(len(flags))
        folder.mkdir()
        config = write(estate, folder, "127.0.0.1:1")
        with alertmanager(config, free_port(), *flags):
            log = (folder / "alertmanager.log").read_text()
        assert (said in log) == (not flags and hours > 120)


def _wait_for(box: Any, count: int) -> None:
    end = time.monotonic() + 20
    while len(box.mail) < count and time.monotonic() < end:
        time.sleep(0.1)
