"""Which of two things that were said about one alert holds: episodes are told apart by when they began.

Contract: prometheus/alertmanager types/types.go (Alert.Merge): while an alert goes on, `startsAt` may move to
an earlier time (a second Prometheus saw it before), so that only what was over before the other began is
another episode. Notifications may come late and in another order: Alertmanager sends again what failed,
and members of a cluster send each on its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from singlepane.server.webhook import Alert

# What is sent again comes within two group intervals; what says the same later than that, says it anew.
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


def holds(alert: Alert, known: Known | None, now: float) -> Alert | None:
    """What holds of an alert when this is said of it `now`; None when it is old news."""
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
