"""The status page as values: computed from the facts and the choices in the page's address."""

from __future__ import annotations

import re

from deploy.verify.results import HopResult
from estate.running import Running
from singlepane.server.facts import Facts
from singlepane.server.health import ClusterHealth, about, clusters, owner
from singlepane.server.journal import Known
from singlepane.server.rows import (
    AlertRow,
    Break,
    Choices,
    ClusterRow,
    ComponentRow,
    Link,
    Page,
    PathRow,
)
from singlepane.server.verdict import verdict

# Rows a section shows before it asks; a page of 500 clusters then stays below 200 kB.
ROWS = 40
REFRESH_SECONDS = 15
_ADDRESS = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}")
# Where a browser finds something; at `/` unless named. A port `https` has a certificate that none trusts.
_PATHS = {"sidecar": "metrics", "shop": "api/v1/orders/summary"}
_TROUBLE = ("failed", "backoff", "stopped", "starting", "waiting", "ready")


def page(facts: Facts, choices: Choices, runbooks: frozenset[str]) -> Page:
    """The page. `runbooks` are the names that have one."""
    health = clusters(facts)
    cap = 10**9 if choices.everything else ROWS
    wanted = [row for row in health if choices.cluster in ("", row.name)]
    # The well ones are shown in full only where all fit: else a list of names says enough.
    troubled = [row for row in wanted if row.level != "well"]
    shown = wanted if len(wanted) <= cap else troubled[:cap]
    path = _path(facts, choices.cluster)
    components = _components(facts, choices.cluster)
    telling = [row for row in components if row.running.state != "ready"]
    firing = [
        _alert(facts, known, runbooks)
        for known in facts.firing()
        if choices.cluster in ("", owner(facts, known))
    ]
    resolved = [
        _alert(facts, known, runbooks)
        for known in facts.resolved()
        if choices.cluster in ("", owner(facts, known))
    ]
    places = links(facts, choices.cluster)
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
        path=tuple(shown_path),
        hidden_path=len(path) - len(shown_path),
        replicas=len(path),
        broken=_breaks(path),
        components=tuple(shown_components),
        hidden_components=len(components) - len(shown_components),
        ready=sum(row.running.state == "ready" for row in components),
        running=len(components),
        firing=tuple(firing[:cap]),
        hidden_firing=max(0, len(firing) - cap),
        resolved=tuple(resolved[: cap if choices.everything else 8]),
        links=tuple(places[:cap] if choices.everything else places[:8]),
        hidden_links=0 if choices.everything else max(0, len(places) - 8),
        notices=tuple(
            text for text in (facts.status.problem, facts.verification.problem, facts.attempt) if text
        ),
    )


def _cluster(facts: Facts, health: ClusterHealth) -> ClusterRow:
    row, beat = facts.estate.clusters[health.name], facts.heartbeats.get(health.name)
    return ClusterRow(
        health=health,
        region=row.region,
        version=row.version,
        beat=facts.heartbeat(health.name),
        beat_age=max(0.0, facts.now - beat.last) if beat else None,
        beats=beat.count if beat else 0,
    )


def _path(facts: Facts, cluster: str) -> list[PathRow]:
    """The matrix: replicas with a broken hop first, else in the order of the estate."""
    proof = facts.verification.value
    if proof is None:
        return []
    found: dict[tuple[str, int], dict[str, HopResult]] = {}
    for result in proof.results:
        if cluster in ("", result.cluster):
            found.setdefault((result.cluster, result.replica), {})[result.hop] = result
    rows = [
        PathRow(name, replica, tuple(results.get(hop) for hop in proof.hops))
        for (name, replica), results in found.items()
    ]
    return sorted(rows, key=lambda row: not row.broken)


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


def _alert(facts: Facts, known: Known, runbooks: frozenset[str]) -> AlertRow:
    alert = known.alert
    name = alert.labels.get("alertname", "(no alertname)")
    notes = alert.annotations
    return AlertRow(
        name=name,
        severity=alert.labels.get("severity", "none"),
        cluster=about(known),
        status=alert.status,
        text=notes.get("summary") or notes.get("description") or notes.get("message", ""),
        since=alert.starts_at.timestamp(),
        heard=known.updated,
        runbook=f"/runbooks/{name}" if name in runbooks else web_url(notes.get("runbook_url", "")),
        source=web_url(alert.generator_url),
    )


def web_url(url: str) -> str:
    """The URL when it is one of the web, else empty: `javascript:` and the like never become a link."""
    return url if re.fullmatch(r"https?://[^\s<>\"']+", url) else ""
