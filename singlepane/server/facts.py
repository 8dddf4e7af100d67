"""All that the server knows at one moment, as one value; every view is computed from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from deploy.verify.results import HopResult, Verification
from estate.model import Estate
from estate.quantities import seconds
from estate.running import Deployment
from singlepane.server.journal import Beat, Known
from singlepane.server.recorded import Reading

Beating = Literal["beating", "silent", "waiting"]

# A cluster is silent when this many heartbeats in a row did not come.
MISSED_BEATS = 3
# Alertmanager repeats what fires. What it did not repeat twice is no longer known to fire.
MISSED_REPEATS = 2
# After a start, blocks take their time to reach the object store; until then an open proof is no fault.
COMING_UP = 300.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at `now` (Unix seconds).

    `started` is when this server began to listen; `alive` whether the supervisor runs; `verify_every` is
    the interval of background verification in seconds, 0 when there is none; `attempt` is why the last one
    could not run, or empty.
    """

    estate: Estate
    now: float
    started: float
    status: Reading[Deployment]
    alive: bool
    verification: Reading[Verification]
    heartbeats: Mapping[str, Beat]
    alerts: tuple[Known, ...]
    verify_every: float = 0.0
    attempt: str = ""

    def silence(self) -> float:
        """Seconds without a heartbeat after which a cluster is silent."""
        return MISSED_BEATS * seconds(self.estate.alerts.heartbeat.every)

    def heartbeat(self, cluster: str) -> Beating:
        """`beating`, `silent`, or `waiting`: not heard yet, and this server has not listened for long
        enough to say.
        """
        beat = self.heartbeats.get(cluster)
        last = beat.last if beat else 0.0
        if beat and self.now - last <= self.silence():
            return "beating"
        return "silent" if self.now - max(last, self.started) > self.silence() else "waiting"

    def unexpected(self) -> tuple[str, ...]:
        """Clusters that send heartbeats and are not in the estate."""
        return tuple(sorted(self.heartbeats.keys() - self.estate.clusters.keys()))

    def firing(self) -> tuple[Known, ...]:
        """Alerts that fire, critical first, then the longest firing.

        `severity: none` only proves the path.
        """
        repeat = MISSED_REPEATS * seconds(self.estate.alerts.repeat)
        rows = [
            known
            for known in self.alerts
            if known.alert.status == "firing"
            and known.alert.labels.get("severity") != "none"
            and self.now - known.updated <= repeat
        ]
        return tuple(
            sorted(rows, key=lambda known: (rank(known), known.alert.starts_at, known.alert.fingerprint))
        )

    def resolved(self) -> tuple[Known, ...]:
        """Alerts that no longer fire, the last one first."""
        rows = [
            known
            for known in self.alerts
            if known.alert.status == "resolved" and known.alert.labels.get("severity") != "none"
        ]
        return tuple(sorted(rows, key=lambda known: (-known.updated, known.alert.fingerprint)))

    def heard(self) -> bool:
        """Whether Alertmanager ever sent anything: without it, that nothing fires says nothing."""
        return bool(self.alerts or self.heartbeats)

    def results(self, cluster: str) -> tuple[HopResult, ...]:
        """What the last verification found for one cluster."""
        proof = self.verification.value
        return tuple(row for row in proof.results if row.cluster == cluster) if proof else ()

    def proof_age(self) -> float | None:
        """Seconds since the last verification ended; None when there was none."""
        proof = self.verification.value
        return max(0.0, self.now - proof.started - proof.seconds) if proof else None

    def proof_stale(self) -> bool:
        """Whether the last verification is too old to lean on: three intervals, or 15 minutes without any."""
        age = self.proof_age()
        return age is not None and age > (max(3 * self.verify_every, 120.0) if self.verify_every else 900.0)

    def coming_up(self) -> bool:
        """Whether the estate started so recently that an open proof is no fault."""
        running = self.status.value
        return running is not None and self.alive and self.now - running.started < COMING_UP


def rank(known: Known) -> int:
    """Place of an alert by severity: critical, warning, then the others."""
    return {"critical": 0, "warning": 1}.get(known.alert.labels.get("severity", ""), 2)
