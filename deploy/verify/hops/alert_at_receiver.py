"""Ninth hop: an alert of the cluster gets through Alertmanager to its receiver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.exposition import sample_sum
from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.hops.rule_evaluated import WATCHDOG
from deploy.verify.replica import Replica
from deploy.verify.words import counted


async def prove(ground: Ground, replica: Replica) -> str:
    """The Watchdog of the cluster is at the server, as a heartbeat or as a notification."""
    cluster = replica.cluster
    if not received_here(ground):
        return await _sent_elsewhere(ground, cluster)
    # The server lists every expected cluster, with a count of 0 until its first heartbeat.
    for beat in (await ground.get("server", "/api/v1/heartbeats")).json()["heartbeats"]:
        if beat["cluster"] == cluster and beat["count"]:
            return f"{WATCHDOG} received {counted(beat['count'], 'time')}"
    notifications = (await ground.get("server", "/api/v1/notifications")).json()["notifications"]
    if any(
        _is_watchdog(alert["labels"], cluster)
        for notification in notifications
        for alert in notification["alerts"]
    ):
        return f"{WATCHDOG} among {counted(len(notifications), 'notification')}"
    await _in_alertmanager(ground, cluster)
    raise Broken(*await _why_not_delivered(ground))


def received_here(ground: Ground) -> bool:
    """True when heartbeats go to the singlepane server, where they can be seen."""
    alerts = ground.estate.alerts
    return alerts.receivers[alerts.heartbeat.receiver].kind == "singlepane"


def _is_watchdog(labels: Mapping[str, str], cluster: str) -> bool:
    return labels.get("alertname") == WATCHDOG and labels.get("cluster") == cluster


async def _in_alertmanager(ground: Ground, cluster: str) -> Mapping[str, Any]:
    """The cluster's Watchdog as Alertmanager holds it; else Broken, with what Prometheus says."""
    for manager in managers(ground):
        for alert in (await ground.get(manager, "/api/v2/alerts")).json():
            if _is_watchdog(alert["labels"], cluster):
                if alert["status"]["state"] == "suppressed":
                    raise Broken(
                        f"Alertmanager holds {WATCHDOG} of {cluster} back: it is silenced or inhibited",
                        "End the silence in Alertmanager.",
                    )
                return dict(alert)
    for prometheus in ground.of_kind("prometheus", cluster=cluster):
        data, _ = await ground.data(prometheus.name, "/api/v1/alertmanagers")
        if not data["activeAlertmanagers"]:
            raise Broken(
                f"{prometheus.name} knows no Alertmanager to send alerts to",
                "Run `singlepane up` again, which writes its configuration.",
            )
    raise Broken(
        f"Alertmanager has no {WATCHDOG} of {cluster}: Prometheus evaluates it but does not get it through",
        f"See with `singlepane logs prometheus-{cluster}-0` why sending fails.",
    )


async def _why_not_delivered(ground: Ground) -> tuple[str, str]:
    """Cause and remedy when Alertmanager holds the alert and the receiver does not."""
    # Counted per request: a notification that is tried again and again has not failed yet.
    if failed := await _count(ground, "alertmanager_notification_requests_failed_total"):
        return (
            f"Alertmanager holds {WATCHDOG}, but its receiver refused or missed {counted(failed, 'request')}",
            "See with `singlepane logs server` and `singlepane logs alertmanager` why delivery fails.",
        )
    return (
        f"Alertmanager holds {WATCHDOG} and has not delivered it yet",
        "Wait one group interval, or verify again with a longer --timeout.",
    )


async def _sent_elsewhere(ground: Ground, cluster: str) -> str:
    """For a receiver outside: Alertmanager holds the alert, routes it there and has delivered."""
    receiver = ground.estate.alerts.heartbeat.receiver
    alert = await _in_alertmanager(ground, cluster)
    sent = await _count(ground, "alertmanager_notifications_total")
    failed = await _count(ground, "alertmanager_notifications_failed_total")
    if sent <= failed:
        raise Broken(
            f"Alertmanager has delivered none of {sent:.0f} notifications to webhooks such as {receiver}",
            "See why with `singlepane logs alertmanager`.",
        )
    routed = ", ".join(each["name"] for each in alert["receivers"])
    return f"{WATCHDOG} routed to {routed}, outside; {counted(sent - failed, 'webhook')} delivered"


async def _count(ground: Ground, name: str) -> float:
    pages = [(await ground.get(manager, "/metrics")).text() for manager in managers(ground)]
    return sum(sample_sum(page, name) for page in pages)


def managers(ground: Ground) -> tuple[str, ...]:
    """The Alertmanagers; in clusters they are several, to each of which every Prometheus sends."""
    return tuple(each.name for each in ground.of_kind("alertmanager")) or ("alertmanager",)


HOP = Hop(
    name="alert-at-receiver",
    proves="The cluster's Watchdog has come through Alertmanager to the receiver of heartbeats.",
    scope="cluster",
    patience=None,
    prove=prove,
)
