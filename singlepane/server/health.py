"""How each cluster is, and why: computed from the facts, worst first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from deploy.verify.results import HopResult
from estate.running import Running
from singlepane.server.facts import Facts, rank
from singlepane.server.journal import Known
from singlepane.server.words import ago, count, sentence

# `unknown` stands above `attention`: where nothing is known, anything may be wrong.
Level = Literal["bad", "unknown", "attention", "well"]
LEVELS: tuple[Level, ...] = ("bad", "unknown", "attention", "well")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a level. `short` completes "prod-neu …"; `text` is the whole sentence."""

    level: Level
    short: str
    text: str


@dataclass(frozen=True, slots=True)
class ClusterHealth:
    """One cluster: its worst level, all reasons (worst first), and the figures behind them."""

    name: str
    role: Literal["hub", "workload"]
    level: Level
    reasons: tuple[Reason, ...]
    ready: int
    components: int
    held: int
    hops: int
    firing: int


def clusters(facts: Facts) -> tuple[ClusterHealth, ...]:
    """All clusters of the estate, worst first, else in the order of the file."""
    running: dict[str, list[Running]] = defaultdict(list)
    for row in facts.status.value.components if facts.status.value else ():
        running[row.cluster].append(row)
    results: dict[str, list[HopResult]] = defaultdict(list)
    for hop in facts.verification.value.results if facts.verification.value else ():
        results[hop.cluster].append(hop)
    firing: dict[str, list[Known]] = defaultdict(list)
    for known in facts.firing():
        firing[owner(facts, known)].append(known)
    rows = [
        _cluster(facts, name, running[name], results[name], firing[name]) for name in facts.estate.clusters
    ]
    return tuple(sorted(rows, key=lambda row: LEVELS.index(row.level)))


def about(known: Known) -> str:
    """The cluster an alert is about: `expected_cluster` for one that the hub misses, else `cluster`."""
    labels = known.alert.labels
    return labels.get("expected_cluster") or labels.get("cluster", "")


def owner(facts: Facts, known: Known) -> str:
    """The cluster that answers for an alert: the one it is about; the hub when that is not in the estate."""
    cluster = about(known)
    return cluster if cluster in facts.estate.clusters else facts.estate.hub


def _cluster(
    facts: Facts, name: str, running: list[Running], results: list[HopResult], firing: list[Known]
) -> ClusterHealth:
    reasons = [
        *_heartbeat(facts, name),
        *_components(facts, running),
        *_path(facts, results),
        *_alerts(firing),
    ]
    reasons.sort(key=lambda reason: LEVELS.index(reason.level))
    return ClusterHealth(
        name=name,
        role="hub" if name == facts.estate.hub else "workload",
        level=reasons[0].level if reasons else "well",
        reasons=tuple(reasons),
        ready=sum(row.state == "ready" for row in running),
        components=len(running),
        held=sum(hop.ok for hop in results),
        hops=len(results),
        firing=len(firing),
    )


def _heartbeat(facts: Facts, name: str) -> list[Reason]:
    beat = facts.heartbeats.get(name)
    state = facts.heartbeat(name)
    if state == "beating":
        return []
    if state == "waiting":
        return [Reason("attention", "has not reported yet", "No heartbeat yet; the server has just started.")]
    if beat is None and facts.status.value is None:
        return [Reason("unknown", "has never reported", "No heartbeat has ever come.")]
    if beat is None:
        return [Reason("bad", "has never reported", "No heartbeat has ever come.")]
    silent = ago(facts.now - beat.last)
    return [Reason("bad", "is silent", f"No heartbeat for {silent}.")]


def _components(facts: Facts, running: list[Running]) -> list[Reason]:
    if facts.status.value is None:
        return [Reason("unknown", "is not known to run", "No supervisor has said what runs.")]
    if not facts.alive:
        return [
            Reason(
                "unknown", "is no longer supervised", "The supervisor is gone; nothing restarts what dies."
            )
        ]
    reasons = []
    for row in running:
        if row.state == "failed":
            why = row.last_error.strip().splitlines()[-1] if row.last_error.strip() else "it gave up"
            reasons.append(Reason("bad", f"has lost {row.name}", f"{row.name} failed: {why}"))
        elif row.state in ("backoff", "stopped"):
            word = "died and starts again soon" if row.state == "backoff" else "is stopped"
            reasons.append(Reason("attention", f"misses {row.name}", f"{row.name} {word}."))
        elif row.state in ("waiting", "starting"):
            word = "waits for what it needs" if row.state == "waiting" else "is starting"
            reasons.append(Reason("attention", "is starting", f"{row.name} {word}."))
    return reasons


def _path(facts: Facts, results: list[HopResult]) -> list[Reason]:
    broken = [hop for hop in results if hop.reached and not hop.ok]
    if not broken:
        return []
    if facts.proof_stale():
        return [
            Reason("attention", "was not verified lately", "The last verification is old, and it failed.")
        ]
    first = broken[0]
    hop = first.hop.replace("-", " ")
    if facts.coming_up():
        return [Reason("attention", "is coming up", f"Not proven yet since the start: “{hop}”.")]
    same = [row for row in broken if (row.hop, row.cause) == (first.hop, first.cause)]
    others = len(broken) - len(same)
    text = f"Data path breaks at “{hop}”: {sentence(first.cause or first.detail)}"
    return [
        Reason(
            "bad",
            "has a broken data path",
            text + (f" And {count(others, 'more broken hop')}." if others else ""),
        )
    ]


def _alerts(firing: list[Known]) -> list[Reason]:
    reasons = []
    for known in firing:
        labels, place = known.alert.labels, rank(known)
        if place > 1:
            continue
        name = labels.get("alertname", "an alert without a name")
        summary = known.alert.annotations.get("summary", "")
        text = f"{name} fires: {sentence(summary)}" if summary else f"{name} fires."
        short = f"has {'a critical' if place == 0 else 'a warning'} alert"
        reasons.append(Reason("bad" if place == 0 else "attention", short, text))
    return reasons
