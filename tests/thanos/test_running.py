"""The whole room as real processes with production flags: a hub, a cluster with a pair, blocks in a folder.

What is asked: are all flags taken, do labels, blocks and alerts go the way that the topology says, and what
is left when a cluster is lost.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from alerts.rules import rule_files
from estate.components import RuleFile
from tests.thanos.estates import exporter, files_setting, pair
from tests.thanos.running import Stack, eventually
from tests.thanos.seeding import SAMPLES, seed
from thanos.topology import components

ROOT = Path(__file__).parents[2]
INVENTORY = "".join(
    f'singlepane_estate_cluster_info{{expected_cluster="{name}",role="{role}",region="westeurope",'
    f'subscription="{subscription}",version="1.36"}} 1\n'
    for name, role, subscription in (
        ("hub-weu", "hub", "shop-hub"),
        ("prod-weu", "workload", "shop-prod-weu"),
    )
)
# What these have only where they write to another system, run as several, or have failed once.
# The catalogue has them.
ELSEWHERE = re.compile(
    r"prometheus_remote_storage_|alertmanager_cluster_members$|thanos_alert_sender_errors_total$"
)
# A global rule that does not ask for partial answers, to see the default at work.
WHOLE = RuleFile(
    "whole",
    "global",
    {"groups": [{"name": "whole", "rules": [{"record": "estate:up:sum", "expr": "sum(up)"}]}]},
)
STREAMS = [
    {"cluster": "hub-weu", "environment": "hub", "prometheus_replica": "0"},
    {"cluster": "prod-weu", "environment": "prod", "prometheus_replica": "0"},
    {"cluster": "prod-weu", "environment": "prod", "prometheus_replica": "1"},
]
SERVERS = ("hub-weu-0", "prod-weu-0", "prod-weu-1")


class Room:
    """The running stack, its bucket, and the time of the seeded samples."""

    def __init__(self, stack: Stack, bucket: Path, seeded: float) -> None:
        self.stack = stack
        self.bucket = bucket
        self.seeded = seeded

    def query(self, text: str, **parameters: Any) -> list[tuple[dict[str, str], float]]:
        """Labels and values of an instant query through Query."""
        data = self.stack.get("query", "/api/v1/query", query=text, **parameters)["data"]
        return [(each["metric"], float(each["value"][1])) for each in data["result"]]

    def metas(self) -> list[dict[str, Any]]:
        """meta.json of each block in the bucket."""
        return [json.loads(path.read_text()) for path in self.bucket.glob("*/meta.json")]

    def rules(self, name: str) -> dict[str, Any]:
        """All rules of a Prometheus or the ruler, by name."""
        groups = self.stack.get(name, "/api/v1/rules")["data"]["groups"]
        return {rule["name"]: rule for group in groups for rule in group["rules"]}


@pytest.fixture(scope="module")
def inventory() -> Iterator[int]:
    """The estate exporter's port: a page with the inventory."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(INVENTORY.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, inventory: int) -> Iterator[Room]:
    """Everything started once; the store gateway last, so that its one look finds the blocks."""
    folder = tmp_path_factory.mktemp("room")
    bucket = folder / "bucket"
    bucket.mkdir()
    estate = pair()
    setting = files_setting(estate, bucket, exporter("inventory", "hub-weu"), rules=(WHOLE,))
    with Stack(components(estate, setting), folder) as stack:
        stack.ports["inventory-hub-weu", "http"] = inventory
        seeded = [seed(stack.data(f"prometheus-{name}"), name[:-2]) for name in SERVERS]
        # Before Prometheus: an alert that meets no Alertmanager is sent again only after a minute.
        stack.start("alertmanager")
        for kind in ("prometheus", "sidecar"):
            stack.start(*(f"{kind}-{name}" for name in SERVERS))
        found = Room(stack, bucket, seeded[0])
        eventually(60, "a block of each server in the bucket", lambda: len(found.metas()) == len(SERVERS))
        stack.start("store", "query", "compact")
        stack.start("query-frontend", "rule")
        eventually(30, "all store APIs known to Query", lambda: len(stores(stack)) == len(SERVERS) + 2)
        yield found


def stores(stack: Stack) -> dict[str, Any]:
    """Store APIs as Query sees them, by address; only those that answer."""
    kinds = stack.get("query", "/api/v1/stores")["data"]
    return {each["name"]: each for kind in kinds.values() for each in kind if not each["lastError"]}


def test_query_sees_each_server_under_its_labels(room: Room) -> None:
    """The sidecars say who they speak for, and so does the ruler, which has labels of its own."""
    found = stores(room.stack)
    sets = [found[room.stack.address(f"sidecar-{name}", "grpc")]["labelSets"] for name in SERVERS]
    assert sets == [[labels] for labels in STREAMS]
    ruler = found[room.stack.address("rule", "grpc")]["labelSets"]
    assert ruler == [{"ruler": "shop", "ruler_replica": "0"}]


def test_blocks_bear_the_labels_of_their_server(room: Room) -> None:
    """What lies in the bucket says where it comes from, for as long as it is kept."""
    labels = [meta["thanos"]["labels"] for meta in room.metas()]
    assert sorted(labels, key=str) == sorted(STREAMS, key=str)
    assert {meta["thanos"]["source"] for meta in room.metas()} == {"sidecar"}


def test_the_store_serves_blocks_without_the_sidecars(room: Room) -> None:
    """Left alone with the bucket, Query still has every seeded sample, the pair's as one."""
    store = f'{{__address__="{room.stack.address("store", "grpc")}"}}'
    query = f"count_over_time(seeded_requests_total[{SAMPLES}m])"
    asked = {"time": room.seeded, "storeMatch[]": store}
    assert room.query(query, dedup="true", **asked) == [
        ({"cluster": "hub-weu", "environment": "hub", "origin": "hub-weu"}, SAMPLES),
        ({"cluster": "prod-weu", "environment": "prod", "origin": "prod-weu"}, SAMPLES),
    ]
    assert len(room.query(query, dedup="false", **asked)) == len(SERVERS)


def test_a_pair_is_one(room: Room) -> None:
    """Both servers scrape the same; with deduplication each target is there once, with no replica label."""
    query = 'up{cluster="prod-weu", job="sidecar"}'
    found = eventually(20, "both targets scraped", lambda: two(room.query(query)))
    assert [labels["component"] for labels, _ in found] == ["sidecar-prod-weu-0", "sidecar-prod-weu-1"]
    assert all("prometheus_replica" not in labels for labels, _ in found)
    apart = eventually(20, "both replicas", lambda: two(two(room.query(query, dedup="false"))))
    assert sorted(labels["prometheus_replica"] for labels, _ in apart) == ["0", "0", "1", "1"]


def two(found: list[Any]) -> list[Any]:
    """The list when it holds two or more, else nothing."""
    return found if len(found) >= 2 else []


def test_the_frontend_asks_query(room: Room) -> None:
    """A long range through the frontend is the same data, split into days."""
    asked: dict[str, Any] = {
        "query": "seeded_requests_total",
        "start": room.seeded - 3 * 86400,
        "end": room.seeded,
        "step": 60,
    }
    data = room.stack.get("query-frontend", "/api/v1/query_range", **asked)["data"]
    assert [each["metric"]["cluster"] for each in data["result"]] == ["hub-weu", "prod-weu"]
    split = re.findall(
        r"^thanos_frontend_split_queries_total\S* (\d+)", room.stack.metrics("query-frontend"), re.MULTILINE
    )
    assert sum(map(int, split)) >= 3


def test_alerts_arrive_once_for_each_cluster(room: Room) -> None:
    """The pair sends its Watchdog as one alert, with its cluster and without its replica."""
    expected = [
        {
            "alertname": "Watchdog",
            "cluster": labels["cluster"],
            "environment": labels["environment"],
            "component": "prometheus",
            "severity": "none",
            "team": "platform",
        }
        for labels in STREAMS[:2]
    ]

    def watchdogs() -> list[dict[str, str]]:
        alerts = room.stack.get("alertmanager", "/api/v2/alerts", filter='alertname="Watchdog"')
        return sorted((each["labels"] for each in alerts), key=lambda labels: labels["cluster"])

    # One that is due before Prometheus has found Alertmanager is sent again after a minute.
    assert eventually(120, "both Watchdogs", lambda: two(watchdogs())) == expected


def test_every_rule_is_evaluated(room: Room) -> None:
    """Each rule went to its place and is evaluated without error there."""

    def healthy(name: str) -> list[str]:
        rules = room.rules(name)
        return sorted(rules) if all(rule["health"] == "ok" for rule in rules.values()) else []

    def of(*scopes: str) -> list[str]:
        there = [file for file in rule_files(pair()) if file.scope in scopes]
        groups = [group for file in there for group in file.document["groups"]]
        return sorted(rule.get("alert") or rule["record"] for group in groups for rule in group["rules"])

    cluster, hub = of("cluster"), of("cluster", "hub")
    assert {"Watchdog", "TargetDown"} < set(cluster)
    assert {"ThanosCompactHalted"} < set(hub) - set(cluster)
    assert eventually(20, "rules of the pair", lambda: healthy("prometheus-prod-weu-1")) == cluster
    assert eventually(20, "rules of the hub", lambda: healthy("prometheus-hub-weu-0")) == hub
    ruler = eventually(20, "rules of the ruler", lambda: healthy("rule"))
    assert ruler == [*of("global"), "estate:up:sum"]

    def complete() -> bool:
        found: list[Any] = room.rules("prometheus-hub-weu-0")["ThanosComponentMissing"]["alerts"]
        return not found

    assert eventually(30, "all parts seen by the hub", complete)


def test_rules_and_runbooks_name_metrics_that_exist(room: Room) -> None:
    """Every engine metric that an alert or a runbook asks for is one that these versions have."""
    there: set[str] = set()
    for name in room.stack.processes:
        there |= set(re.findall(r"^([a-zA-Z_:][\w:]*)", room.stack.metrics(name), re.MULTILINE))
    files = [*ROOT.glob("docs/runbooks/*.md"), *ROOT.glob("alerts/content/*.yaml")]
    named = {
        metric
        for path in files
        for metric in re.findall(r"(?<!:)\b(?:prometheus|thanos|alertmanager)_\w+", path.read_text())
    }
    assert len(named) > 10
    assert sorted(name for name in named - there if not ELSEWHERE.match(name)) == []


def test_a_lost_cluster_is_seen(room: Room) -> None:
    """With its sidecars gone, answers say that a part is missing, and rules do what their group asks for."""
    for name in SERVERS[1:]:
        room.stack.stop(f"sidecar-{name}")

    def partial() -> dict[str, Any]:
        reply: dict[str, Any] = room.stack.get("query", "/api/v1/query", query='up{job="prometheus"}')
        return reply if reply.get("warnings") else {}

    reply = eventually(20, "an answer with a warning", partial)
    assert {each["metric"]["cluster"] for each in reply["data"]["result"]} == {"hub-weu"}
    lost = [room.stack.address(f"sidecar-{name}", "grpc") for name in SERVERS[1:]]
    assert any(address in warning for address in lost for warning in reply["warnings"])
    # A question about the other cluster alone is whole, and says so.
    assert not room.stack.get("query", "/api/v1/query", query='up{cluster="hub-weu"}').get("warnings")

    def silent() -> list[str]:
        rule = room.rules("rule")["ClusterSilent"]
        assert rule["health"] == "ok", rule["lastError"]
        return [each["labels"]["cluster"] for each in rule["alerts"] if each["state"] == "pending"]

    assert eventually(30, "ClusterSilent pending", silent) == ["prod-weu"]
    # The ruler asks Query for the time that the link bears.
    (waits,) = room.rules("rule")["ClusterSilent"]["alerts"]
    link = waits["annotations"]["dashboard_url"]
    assert re.search(r"/singlepane-estate\?var-cluster=prod-weu&from=\d{13}&to=\d{13}$", link), link

    def aborted() -> str:
        rule = room.rules("rule")["estate:up:sum"]
        return str(rule.get("lastError", "")) if rule["health"] == "err" else ""

    assert eventually(30, "the rule over everything aborted", aborted)


def test_all_stop_when_asked(room: Room) -> None:
    """No component needs to be killed: each ends well within what it says it may take."""
    for name in reversed(list(room.stack.processes)):
        assert room.stack.stop(name) < room.stack.components[name].stop_seconds / 2
