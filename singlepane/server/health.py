"""How each cluster is, and why: computed from the facts, worst first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from deploy.verify.results import HopResult
from estate.running import Running
from singlepane.server.episodes import Known, about
from singlepane.server.facts import Facts, rank
from singlepane.server.words import ago, count, sentence

# `unknown` stands above `attention`: where nothing is known, anything may be wrong.
Level = Literal["bad", "unknown", "attention", "well"]
LEVELS: tuple[Level, ...] = ("bad", "unknown", "attention", "well")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a level. `short` completes "prod-neu …"; `text` is the whole sentence; `alert` is the
    name of a critical alert, which no view may leave out.
    """

    level: Level
    short: str
    text: str
    alert: str = ""


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
    cut: int
    firing: int
    silent: bool


def clusters(facts: Facts) -> tuple[ClusterHealth, ...]:
    """All clusters of the estate, silent ones first, then the worst, else in the order of the file."""
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
    return tuple(sorted(rows, key=lambda row: (LEVELS.index(row.level), not row.silent)))


def owner(facts: Facts, known: Known) -> str:
    """The cluster that answers for an alert: the one it is about; the hub when that is not in the estate."""
    cluster = about(known.alert)
    return cluster if cluster in facts.estate.clusters else facts.estate.hub


def _cluster(
    facts: Facts, name: str, running: list[Running], results: list[HopResult], firing: list[Known]
) -> ClusterHealth:
    reasons = [
        *_heartbeat(facts, name),
        *_alerts(firing),
        *_components(facts, running),
        *_path(facts, results),
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
        cut=sum(hop.reached and not hop.ok for hop in results),
        firing=len(firing),
        silent=facts.heartbeat(name) == "silent",
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
        return [Reason("unknown", "is not known to run", facts.witness.unsaid)]
    if not facts.alive:
        return [Reason("unknown", *facts.witness.unseen)]
    reasons = []
    if unseen := [row for row in running if row.state == "unknown"]:
        text = f"{count(len(unseen), 'component')}: {sentence(unseen[0].last_error)}"
        reasons.append(Reason("unknown", "is out of sight", text))
    for row in running:
        if row.state == "failed":
            why = row.last_error.strip().splitlines()[-1] if row.last_error.strip() else "it gave up"
            reasons.append(Reason("bad", f"has lost {row.name}", f"{row.name} failed: {why}"))
        elif row.state in ("backoff", "stopped"):
            text = _lacking(facts, row)
            reasons.append(Reason("attention", f"misses {row.name}", text))
        elif row.state in ("waiting", "starting"):
            text = _lacking(facts, row)
            reasons.append(Reason("attention", "is starting", text))
    return reasons


def _lacking(facts: Facts, row: Running) -> str:
    word = facts.witness.states.get(row.state)
    return f"{row.name} {word}." if word else f"{row.name}: {sentence(row.last_error)}"


def _path(facts: Facts, results: list[HopResult]) -> list[Reason]:
    broken = [hop for hop in results if hop.reached and not hop.ok]
    if not broken:
        return []
    if facts.proof_stale():
        return [
            Reason("attention", "was not verified lately", "The last verification is old, and it failed.")
        ]
    first = next((hop for hop in broken if facts.proven(hop)), broken[0])
    hop = first.hop.replace("-", " ")
    if facts.coming_up():
        return [Reason("attention", "is coming up", f"Not proven yet since the start: “{hop}”.")]
    if not facts.proven(first):
        text = f"“{hop}” did not hold in time: {sentence(first.cause or first.detail)}"
        return [Reason("attention", "was slow to verify", f"{text} The next verification decides.")]
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
    """One reason for each alert by name, however many times it fires."""
    named: dict[tuple[int, str], list[Known]] = defaultdict(list)
    for known in firing:
        if rank(known) <= 1:
            named[rank(known), known.alert.labels.get("alertname", "an alert without a name")].append(known)
    reasons = []
    for (place, name), rows in named.items():
        times = f" {len(rows):,} times" if len(rows) > 1 else ""
        summary = rows[0].alert.annotations.get("summary", "")[:300]
        text = f"{name} fires{times}: {sentence(summary)}" if summary else f"{name} fires{times}."
        if place == 0:
            reasons.append(Reason("bad", "has a critical alert", text, name))
        else:
            reasons.append(Reason("attention", "has a warning alert", text))
    return reasons
