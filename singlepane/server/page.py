"""The status page as values: computed from the facts and the choices in the page's address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from deploy.verify.results import HopResult
from estate.running import Running
from singlepane.server.alert_groups import GROUP_LINES, fitting, groups
from singlepane.server.episodes import Known
from singlepane.server.facts import Facts
from singlepane.server.health import ClusterHealth, clusters, owner
from singlepane.server.rows import (
    AlertGroup,
    Break,
    Choices,
    ClusterRow,
    ComponentRow,
    Link,
    Missing,
    Page,
    PathRow,
)
from singlepane.server.verdict import verdict
from singlepane.server.words import ago

# Rows a section shows before it asks; a page of 500 clusters then stays below 200 kB.
ROWS = 40
REFRESH_SECONDS = 15
# Groups of alerts that ended lately, before and after the reader asked for all; cut groups that are named.
RESOLVED = {False: 8, True: 100}
LEFT_OUT = 10
# Reasons of a cluster: alerts that are critical, by name, and what else.
CRITICAL = 30
REASONS = 3
_ADDRESS = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}")
# Where a browser finds something; at `/` unless named. A port `https` has a certificate that none trusts.
_PATHS = {"sidecar": "metrics", "shop": "api/v1/orders/summary"}
_TROUBLE = ("failed", "unknown", "backoff", "stopped", "starting", "waiting", "ready")


def page(facts: Facts, choices: Choices, runbooks: frozenset[str]) -> Page:
    """The page. `runbooks` are the names that have one."""
    health = clusters(facts)
    cap = 10**9 if choices.everything else ROWS
    wanted = [row for row in health if choices.cluster in ("", row.name)]
    # The well ones are shown in full only where all fit: else a list of names says enough.
    troubled = [row for row in wanted if row.level != "well"]
    shown = wanted if len(wanted) <= cap else troubled[:cap]
    path = _path(facts, choices.cluster)
    hops = [hop for row in path for hop in row.hops if hop is not None]
    components = _components(facts, choices.cluster)
    telling = [row for row in components if row.running.state != "ready"]
    places = links(facts, choices.cluster)
    alertmanager = next((link.url for link in places if link.label == "Alertmanager"), "")

    def grouped(rows: Iterable[Known]) -> list[AlertGroup]:
        mine = [known for known in rows if choices.cluster in ("", owner(facts, known))]
        return groups(facts, mine, runbooks, alertmanager, GROUP_LINES[choices.everything])

    every = grouped(facts.firing())
    firing, hidden_firing = fitting(every, everything=choices.everything)
    resolved = grouped(facts.resolved())[: RESOLVED[choices.everything]]
    names = {row.name for row in shown}
    broken_rows = [row for row in path if row.broken]
    shown_path = path if len(path) <= cap else broken_rows[:cap]
    shown_components = components if len(components) <= cap else telling[:cap]
    return Page(
        facts=facts,
        choices=choices,
        verdict=verdict(facts, health),
        clusters=tuple(_cluster(facts, row) for row in shown),
        rest=tuple(_cluster(facts, row) for row in wanted if row.name not in names),
        well=sum(row.level == "well" for row in health),
        total=len(health),
        hops=facts.verification.value.hops if facts.verification.value else (),
        held=sum(hop.ok for hop in hops),
        cut=sum(hop.reached and not hop.ok for hop in hops),
        untried=sum(not hop.reached for hop in hops),
        path=tuple(shown_path),
        hidden_path=len(path) - len(shown_path),
        replicas=len(path),
        broken=_breaks(path),
        components=tuple(shown_components),
        hidden_components=len(components) - len(shown_components),
        ready=sum(row.running.state == "ready" for row in components),
        running=len(components),
        firing=firing,
        fires=sum(group.count for group in every),
        hidden_firing=hidden_firing,
        resolved=fitting(resolved, everything=False)[0],
        missing=_missing(facts, choices.cluster),
        silent=tuple(row.name for row in wanted if row.silent),
        links=tuple(places[:cap] if choices.everything else places[:8]),
        hidden_links=0 if choices.everything else max(0, len(places) - 8),
        notices=tuple(
            text for text in (facts.status.problem, facts.verification.problem, facts.attempt) if text
        ),
    )


def _cluster(facts: Facts, health: ClusterHealth) -> ClusterRow:
    row, beat = facts.estate.clusters[health.name], facts.heartbeats.get(health.name)
    # Critical alerts are all shown; of the other reasons, as many as leave a place for the next cluster.
    critical = [reason for reason in health.reasons if reason.alert]
    others = [reason for reason in health.reasons if not reason.alert]
    kept = {*critical[:CRITICAL], *others[:REASONS]}
    shown = tuple(reason for reason in health.reasons if reason in kept)
    return ClusterRow(
        health=health,
        region=row.region,
        version=row.version,
        beat=facts.heartbeat(health.name),
        beat_age=max(0.0, facts.now - beat.last) if beat else None,
        beats=beat.count if beat else 0,
        reasons=shown,
        hidden_reasons=len(health.reasons) - len(shown),
    )


def _path(facts: Facts, cluster: str) -> list[PathRow]:
    """The matrix: replicas with a broken hop first, else in the order of the estate."""
    proof = facts.verification.value
    if proof is None:
        return []
    found: dict[tuple[str, int], dict[str, HopResult]] = {}
    for result in proof.results:
        if cluster in ("", result.cluster):
            place = found.setdefault((result.cluster, result.replica), {})
            place[result.hop] = _as_of_now(facts, result)
    rows = [
        PathRow(name, replica, tuple(results.get(hop) for hop in proof.hops))
        for (name, replica), results in found.items()
    ]
    return sorted(rows, key=lambda row: not row.broken)


def _as_of_now(facts: Facts, result: HopResult) -> HopResult:
    """The result, unless the heartbeat that it saw has stopped since."""
    beat = facts.heartbeats.get(result.cluster)
    if not (result.hop == "heartbeat" and result.ok and facts.heartbeat(result.cluster) == "silent"):
        return result
    silent = f"No heartbeat for {ago(facts.now - beat.last)}" if beat else "No heartbeat is known"
    cause = f"{silent}; the last verification still saw one"
    remedy = "Follow the runbook of ClusterSilent."
    return replace(result, ok=False, detail="broken", cause=cause, remedy=remedy)


def _breaks(path: list[PathRow]) -> tuple[Break, ...]:
    """Broken hops, equal ones of several replicas together: a lost object store is one fault, not 500."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for row in path:
        for hop in row.hops:
            if hop is not None and hop.reached and not hop.ok:
                key = (hop.hop, hop.cause or hop.detail, hop.remedy)
                groups.setdefault(key, []).append(f"{row.cluster} replica {row.replica}")
    return tuple(Break(*key, tuple(where)) for key, where in groups.items())


def _components(facts: Facts, cluster: str) -> list[ComponentRow]:
    """Components: what is not ready first, else in the order in which they start."""
    rows = [
        ComponentRow(
            running=row,
            url=web_address(row),
            addresses=tuple(f"{port} {address}" for port, address in row.addresses.items()),
            age=max(0.0, facts.now - row.since) if row.since else None,
        )
        for row in (facts.status.value.components if facts.status.value else ())
        if cluster in ("", row.cluster)
    ]
    return sorted(rows, key=lambda row: _TROUBLE.index(row.running.state))


def web_address(running: Running) -> str:
    """The URL a browser opens, or empty: only a plain `host:port` becomes a link."""
    address = running.addresses.get("http", "")
    return f"http://{address}/{_PATHS.get(running.kind, '')}" if _ADDRESS.fullmatch(address) else ""


def links(facts: Facts, cluster: str = "") -> list[Link]:
    """What a person opens: the global view, then each Prometheus."""
    rows = facts.status.value.components if facts.status.value else ()
    found = []
    for kind, label in (("query", "Query"), ("grafana", "Grafana"), ("alertmanager", "Alertmanager")):
        found += [
            Link(label, web_address(row), row.state == "ready")
            for row in rows
            if row.kind == kind and web_address(row)
        ]
    for row in rows:
        if row.kind == "prometheus" and web_address(row) and cluster in ("", row.cluster):
            name = row.name.removeprefix("prometheus-")
            found.append(Link(f"Prometheus {name}", web_address(row), row.state == "ready", name))
    return found


def _missing(facts: Facts, cluster: str) -> tuple[Missing, ...]:
    found = []
    for group in facts.left_out()[:LEFT_OUT]:
        where, name = group.labels.get("cluster", ""), group.labels.get("alertname", "")
        if cluster in ("", where):
            words = f"{name or 'a group without a name'}{f' in {where}' if where else ''}"
            found.append(Missing(words[:200], group.truncated, group.updated))
    return tuple(found)
