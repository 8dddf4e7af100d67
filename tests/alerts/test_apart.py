"""Clusters apart: in a real Alertmanager, nothing in one changes what is told of another."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.alerts.manager import alertmanager, inbox, post, write
from tests.alerts.test_receivers import RECEIVERS, SECRETS
from tests.alerts.test_routing import estate_with
from tests.ports import free_port
from tests.thanos.running import eventually

Labels = Mapping[str, str]
Key = frozenset[tuple[str, str]]

CLUSTERS = ("hub-weu", "prod-neu", "prod-sea", "prod-weu")
ESTATE = estate_with(
    {
        "receivers": RECEIVERS,
        "default": "pane",
        "heartbeat": {"receiver": "pane"},
        "routes": [
            {"receiver": "duty", "severities": ["critical"], "also": True},
            {"receiver": "mail", "clusters": ["prod-neu", "prod-sea"]},
            {"receiver": "cards", "teams": ["platform"]},
        ],
    }
)
EXPORTER = {"component": "azure", "exporter": "azure"}
REDIS = {"type": "microsoft.cache/redis", **EXPORTER, "subscription": "prod"}
# What holds others back, and what is held back by each of these.
EXPLAINING: tuple[Labels, ...] = (
    {"alertname": "ClusterSilent", "severity": "critical"},
    {"alertname": "AzureMetricsGroupDown", **REDIS},
    {"alertname": "AzureMetricsThrottled", **REDIS},
)
EXPLAINED: tuple[Labels, ...] = (
    {"alertname": "TargetDown", "severity": "warning", "team": "platform"},
    {"alertname": "ExporterStale", **EXPORTER},
    {"alertname": "AzureMetricsStale", **REDIS},
    {"alertname": "Watchdog", "severity": "none"},
)
# So often each ordered pair meets, with other alerts each time.
MEETINGS = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one cluster: each alert with its state and the clusters of what holds it back; and each group that
    has alerts of it, as receiver, labels and what is in it.
    """

    states: Mapping[Key, tuple[str, frozenset[str]]]
    groups: frozenset[tuple[str, Key, frozenset[Key]]]


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, httpx.Client]]:
    """A real Alertmanager with the configuration of ESTATE, and the file of that."""
    with inbox() as (_, address):
        config = write(ESTATE, tmp_path_factory.mktemp("apart"), address, SECRETS)
        with alertmanager(config, free_port()) as client:
            yield config, client


def test_no_cluster_changes_what_is_told_of_another(manager: tuple[Path, httpx.Client]) -> None:
    """Every ordered pair, with alerts that hold back and are held back: what the second has stays in its
    state, by its own explanations alone, and in its groups, when the first begins to fire and when it ends.
    """
    config, client = manager
    chance = random.Random(9)
    for first, second in permutations(CLUSTERS, 2):
        for _ in range(MEETINGS):
            disturbing = _of(first, (*EXPLAINING, *EXPLAINED))
            disturbed = _of(second, (*(each for each in EXPLAINING if chance.random() < 0.3), *EXPLAINED))
            before, during, after = _meeting(client, _rules(config), disturbing, disturbed)
            assert before == during == after, (first, second)
            assert all(by <= {second} for _, by in before.states.values())
            assert all(dict(key)["cluster"] == second for _, _, keys in before.groups for key in keys)


@pytest.mark.parametrize("number", range(3))
def test_an_inhibition_without_its_cluster_is_seen(manager: tuple[Path, httpx.Client], number: int) -> None:
    """The test above fails for each of our inhibitions when `cluster` is taken from it."""
    config, client = manager
    kept = config.read_text()
    rules = _rules(config)
    assert len(rules) == 3
    rules[number]["equal"].remove("cluster")
    config.write_text(yaml.safe_dump({**yaml.safe_load(kept), "inhibit_rules": rules}))
    try:
        client.post("/-/reload").raise_for_status()
        disturbing, disturbed = _of("prod-weu", (*EXPLAINING, *EXPLAINED)), _of("prod-neu", EXPLAINED)
        before, during, _ = _meeting(client, rules, disturbing, disturbed)
        assert before.groups == during.groups
        assert before.states != during.states
    finally:
        config.write_text(kept)
        client.post("/-/reload").raise_for_status()


def _meeting(
    client: httpx.Client,
    rules: Sequence[Mapping[str, Any]],
    disturbing: Sequence[Labels],
    disturbed: Sequence[Labels],
) -> tuple[Seen, Seen, Seen]:
    """What is seen of the disturbed cluster alone, together with the other, and after it."""
    one, other = disturbing[0]["cluster"], disturbed[0]["cluster"]
    post(client, *disturbed)
    before = _settled(client, rules, other, disturbed)
    post(client, *disturbing)
    # What holds back in the first cluster is at work once it holds back there.
    _settled(client, rules, one, disturbing)
    during = _seen(client, other)
    _end(client, disturbing)
    _settled(client, rules, one, ())
    after = _seen(client, other)
    _end(client, disturbed)
    _settled(client, rules, other, ())
    return before, during, after


def _settled(
    client: httpx.Client, rules: Sequence[Mapping[str, Any]], cluster: str, alerts: Sequence[Labels]
) -> Seen:
    """What is seen of a cluster once all its alerts are in groups and in the state that they should have."""
    expected = {
        _key(each): "suppressed" if any(_explains(rules, one, each) for one in alerts) else "active"
        for each in alerts
    }

    def look() -> list[Seen]:
        seen = _seen(client, cluster)
        states = {key: state for key, (state, _) in seen.states.items()}
        grouped = {key for _, _, keys in seen.groups for key in keys}
        return [seen] if states == expected and grouped == set(expected) else []

    return eventually(20, f"{cluster} has {expected}", look, 0.02)[0]


def _seen(client: httpx.Client, cluster: str) -> Seen:
    groups = client.get("/api/v2/alerts/groups").json()
    alerts = client.get("/api/v2/alerts").json()
    names = {each["fingerprint"]: each["labels"] for each in alerts}
    states = {
        _key(each["labels"]): (
            each["status"]["state"],
            frozenset(names[by]["cluster"] for by in each["status"]["inhibitedBy"]),
        )
        for each in alerts
        if each["labels"]["cluster"] == cluster
    }
    found = {
        (
            each["receiver"]["name"],
            _key(each["labels"]),
            frozenset(_key(row["labels"]) for row in each["alerts"]),
        )
        for each in groups
        if any(row["labels"]["cluster"] == cluster for row in each["alerts"])
    }
    return Seen(states, frozenset(found))


def _explains(rules: Sequence[Mapping[str, Any]], one: Labels, other: Labels) -> bool:
    """Whether one alert of a cluster holds another of it back."""
    return any(
        _takes(rule["source_matchers"][0], one)
        and _takes(rule["target_matchers"][0], other)
        and all(one.get(name, "") == other.get(name, "") for name in rule["equal"])
        for rule in rules
    )


def _takes(matcher: str, labels: Labels) -> bool:
    """Whether a matcher of `alertname` takes an alert."""
    operator, names, _ = matcher.removeprefix("alertname").split('"')
    return (labels["alertname"] in names.split("|")) is not operator.startswith("!")


def _rules(config: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(config.read_text())["inhibit_rules"]
    return found


def _of(cluster: str, rows: Iterable[Labels]) -> list[Labels]:
    return [{**row, "cluster": cluster} for row in rows]


def _key(labels: Labels) -> Key:
    return frozenset(labels.items())


def _end(client: httpx.Client, alerts: Iterable[Labels]) -> None:
    past = {"startsAt": "2024-01-01T00:00:00Z", "endsAt": "2024-01-01T00:01:00Z"}
    rows = [{"labels": dict(each), **past} for each in alerts]
    client.post("/api/v2/alerts", json=rows).raise_for_status()
