"""All that the server knows at one moment, as one value; every view is computed from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.targets.local.advice import carried
from deploy.verify.results import HopResult, Verification
from estate.model import Estate
from estate.quantities import seconds
from estate.running import Deployment
from singlepane.server.episodes import Known, about
from singlepane.server.journal import Beat
from singlepane.server.recorded import Reading
from singlepane.server.tables import Group
from singlepane.server.witness import SUPERVISOR, Witness

Beating = Literal["beating", "silent", "waiting"]

# A cluster is silent when this many heartbeats in a row did not come.
MISSED_BEATS = 3
# Alerts that say that something is missing.
ABSENCES = ("ClusterSilent",)
# Alertmanager repeats what fires. What it did not repeat twice is no longer known to fire.
MISSED_REPEATS = 2
# While everything holds and nothing changes, one of so many background verifications is made.
RESTING = 5
# After a start, blocks take their time to reach the object store; until then an open proof is no fault.
COMING_UP = 300.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at `now` (Unix seconds).

    `started` is when this server began to listen; `alive` whether the supervisor runs, or who else tells what
    runs still does; `verify_every` is the interval of background verification in seconds, 0 when there is
    none; `attempt` is why the last one could not run, or empty.
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
    # The verification before the last, while this server has seen one.
    before: Verification | None = None
    # Groups of alerts of which not all came; when a notification was last refused for its size, 0 for never.
    cut: tuple[Group, ...] = ()
    oversized: float = 0.0
    # The state folder; None leaves advised commands as they are.
    state: Path | None = None
    witness: Witness = SUPERVISOR

    def advised(self, text: str) -> str:
        """A text whose commands are completed, so that they mean this estate wherever they are run."""
        if self.state is None:
            return text
        running = self.status.value
        return carried(text, self.state, self.estate.name, running.estate_file if running else "")

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
        """Alerts that fire: what is missing first, then what is critical, then the longest firing.

        `severity: none` only proves the path.
        """
        rows = [
            known
            for known in self.alerts
            if known.alert.labels.get("severity") != "none" and self.fires(known)
        ]
        return tuple(
            sorted(
                rows,
                key=lambda known: (
                    known.alert.labels.get("alertname") not in ABSENCES,
                    rank(known),
                    known.alert.starts_at,
                    known.alert.fingerprint,
                ),
            )
        )

    def resolved(self) -> tuple[Known, ...]:
        """Alerts that no longer fire, the last one first."""
        rows = [
            known
            for known in self.alerts
            if known.alert.status == "resolved"
            and known.alert.labels.get("severity") != "none"
            and not self.fires(known)
        ]
        return tuple(sorted(rows, key=lambda known: (-known.updated, known.alert.fingerprint)))

    def fires(self, known: Known) -> bool:
        """Whether an alert fires: it was told so lately, or nothing but a heartbeat can say that it ended."""
        return self._absent(known) or (known.alert.status == "firing" and self._told(known.updated))

    def _told(self, when: float) -> bool:
        """Whether what was said then would have been said again by now, were it over."""
        return self.now - when <= MISSED_REPEATS * seconds(self.estate.alerts.repeat)

    def _absent(self, known: Known) -> bool:
        """Whether an alert says that an expected cluster is missing, and no heartbeat has come back since.

        Its rule may end for want of data, or its ruler with the cluster: only the cluster itself can say that
        it is there.
        """
        alert = known.alert
        cluster = about(alert)
        if alert.labels.get("alertname") not in ABSENCES or cluster not in self.estate.clusters:
            return False
        beat = self.heartbeats.get(cluster)
        if beat is None:
            return True
        if alert.status == "firing":
            return beat.last <= known.updated
        back = self.heartbeat(cluster) == "beating" and beat.last > alert.starts_at.timestamp()
        return not back and beat.last <= alert.ends_at.timestamp()

    def left_out(self) -> tuple[Group, ...]:
        """Groups of alerts of which the last notification held only a part, the last one first."""
        rows = [group for group in self.cut if self._told(group.updated)]
        return tuple(sorted(rows, key=lambda group: -group.updated))

    def refused_for_size(self) -> bool:
        """Whether a notification was refused for its size, lately enough that what it said may still hold."""
        return bool(self.oversized) and self._told(self.oversized)

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

    def proven(self, hop: HopResult) -> bool:
        """Whether a broken hop is more than one slow moment: it is proven, broke twice in a row, or nobody
        will look again.
        """
        if hop.proven or not self.verify_every:
            return True
        place = (hop.hop, hop.cluster, hop.replica)
        return self.before is not None and any(
            (row.hop, row.cluster, row.replica) == place and row.reached and not row.ok
            for row in self.before.results
        )

    def proof_stale(self) -> bool:
        """Whether the last verification is too old to lean on: two intervals late; 15 minutes without any."""
        age = self.proof_age()
        late = max((RESTING + 2) * self.verify_every, 120.0) if self.verify_every else 900.0
        return age is not None and age > late

    def coming_up(self) -> bool:
        """Whether the estate started so recently that an open proof is no fault."""
        running = self.status.value
        return running is not None and self.alive and self.now - running.started < COMING_UP


def rank(known: Known) -> int:
    """Place of an alert by severity: critical, warning, then the others."""
    return {"critical": 0, "warning": 1}.get(known.alert.labels.get("severity", ""), 2)
