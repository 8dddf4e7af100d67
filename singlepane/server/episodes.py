"""Which of two things that were said about one alert holds: episodes are told apart by when they began.

Contract: prometheus/alertmanager types/types.go (Alert.Merge): while an alert goes on, `startsAt` may move to
an earlier time (a second Prometheus saw it before), so that only what was over before the other began is
another episode. Notifications may come late and in another order: Alertmanager sends again what failed,
and members of a cluster send each on its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from singlepane.server.webhook import Alert

# What is sent again comes within two group intervals; what says the same later than that, says it anew. Who
# said it out of order says within this time, too, that it is over: each member tells the end of what it told.
LATE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Known:
    """What holds of one alert, when it was said (Unix seconds), and the group of alerts it was said in."""

    updated: float
    alert: Alert
    group: str = ""


def about(alert: Alert) -> str:
    """The cluster an alert is about: `expected_cluster` for one that the hub misses, else `cluster`."""
    return alert.labels.get("expected_cluster") or alert.labels.get("cluster", "")


@dataclass(frozen=True, slots=True)
class Doubts:
    """Firings that came behind the end of a later episode, by fingerprint, and when the first of each came.

    Such a firing is old news, or it is true: a second Prometheus has seen the alert all the time, and
    Alertmanager forgot it at a restart. Then nobody says it again before `alerts.repeat`, so that it must not
    be thrown away. It holds as soon as LATE_SECONDS have passed and nothing has said that it is over.
    """

    held: dict[str, Known] = field(default_factory=dict)

    def weigh(self, alert: Alert, known: Known | None, now: float, group: str) -> None:
        """Take in what was said of an alert; `known` is what held before."""
        doubted = self.held.get(alert.fingerprint)
        if holds(alert, known, now) is None and alert.status == "firing":
            self.held.setdefault(alert.fingerprint, Known(now, alert, group))
        elif doubted is not None and (
            alert.status == "firing" or alert.starts_at <= doubted.alert.starts_at < alert.ends_at
        ):
            del self.held[alert.fingerprint]

    def settled(self, now: float) -> dict[str, Known]:
        """Those that hold by now."""
        return {key: known for key, known in self.held.items() if now - known.updated > LATE_SECONDS}


def holds(alert: Alert, known: Known | None, now: float) -> Alert | None:
    """What holds of an alert when this is said of it `now`; None when it is old news, or a firing of which
    `Doubts` decides.
    """
    before = known.alert if known else None
    if known is None or before is None:
        return alert
    if alert.status == "resolved":
        # The end of an episode that was over before the known one began, or before that one ended.
        reach = before.starts_at if before.status == "firing" else before.ends_at
        return alert if alert.ends_at > reach or alert.starts_at >= before.starts_at else None
    if alert.starts_at >= before.starts_at:
        return alert
    if before.status == "firing":
        # It fires either way; with the earlier beginning, the end of an earlier episode would end this one.
        return alert.model_copy(update={"starts_at": before.starts_at})
    return alert if now - known.updated > LATE_SECONDS else None
