"""Gates: queries over all clusters, asked through the hub's API server: no port of Query must be open."""

from __future__ import annotations

import time
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.rollout.waiting import Say
from estate.errors import ClusterError, RolloutStopped
from estate.model import Gate
from estate.quantities import seconds

POLL_SECONDS = 5.0
QUERY = "http:query:10902"


def ask(hub: Api, query: str, *, dedup: bool = True, partial: bool = False) -> list[Any]:
    """The series of an instant query. Raises ClusterError.

    `dedup`: the replicas of a pair are one. `partial`: an answer without some cluster will do.
    """
    place = f"/api/v1/namespaces/{hub.namespace}/services/{QUERY}/proxy/api/v1/query"
    flags = {"partial_response": str(partial).lower(), "dedup": str(dedup).lower()}
    answer = hub.get(place, query=query, **flags)
    if answer.get("status") != "success":
        raise ClusterError(f"{hub.cluster}: Query answers {query!r} with {answer.get('error', 'no data')}")
    return list(answer["data"]["result"])


def pass_through(hub: Api, gate: Gate, partial: bool, say: Say) -> None:
    """Wait until the gate has been open for as long as it says. Raises RolloutStopped when time is up.

    `partial`: some clusters are not there yet. Else an answer without one of them leaves the gate closed.
    """
    end = time.monotonic() + seconds(gate.within)
    since: float | None = None
    why = ""
    while True:
        seen = _closed(hub, gate, partial)
        now = time.monotonic()
        if seen:
            since = None
            if seen != why:
                say(f"gate {gate.name}: {seen}")
        else:
            since = now if since is None else since
            if now - since >= seconds(gate.hold):
                return
        why = seen
        if now > end:
            raise RolloutStopped(
                f"gate {gate.name} did not open within {gate.within}: {why or 'not for long enough'}",
                f"What it asks for: {gate.query}",
            )
        time.sleep(POLL_SECONDS)


def _closed(hub: Api, gate: Gate, partial: bool) -> str:
    """Why it is closed, or nothing."""
    try:
        rows = ask(hub, gate.query, partial=partial)
    except ClusterError as error:
        return error.message
    if not rows:
        return ""
    labels = rows[0]["metric"]
    name = labels.get("alertname") or labels.get("__name__") or ""
    shown = ", ".join(
        f"{key}={labels[key]}" for key in sorted(labels) if key not in ("alertname", "__name__")
    )
    return f"{len(rows)} series, such as {name}{{{shown}}}"[:300]
