"""The API: what Alertmanager posts, and what programs read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from singlepane.server.documents import (
    Accepted,
    ClusterDocument,
    ComponentDocument,
    Components,
    Error,
    EstateDocument,
    Heartbeat,
    Heartbeats,
    KeptNotification,
    LastVerification,
    LinkDocument,
    Notifications,
    VerdictDocument,
    Why,
)
from singlepane.server.facts import Facts
from singlepane.server.health import ClusterHealth, clusters
from singlepane.server.journal import NOTIFICATIONS
from singlepane.server.page import links
from singlepane.server.service import Service
from singlepane.server.verdict import verdict
from singlepane.server.webhook import Notification

REFUSALS: dict[int | str, dict[str, Any]] = {
    403: {"model": Error, "description": "A page of another site sends it"},
    413: {"model": Error, "description": "The body is too large"},
    415: {"model": Error, "description": "The body is not JSON"},
    422: {"model": Error, "description": "Not the webhook document, or no cluster beats in it"},
    503: {"model": Error, "description": "It could not be kept, or did not arrive in time; send it again"},
}


class NoClusterError(Exception):
    """A heartbeat in which no alert says which cluster it is from."""


def router(service: Service) -> APIRouter:
    """All routes under /api/v1."""
    routes = APIRouter(prefix="/api/v1")
    _receive(routes, service)
    _read(routes, service)
    return routes


def _receive(routes: APIRouter, service: Service) -> None:
    @routes.post("/alertmanager", summary="Take a notification of Alertmanager", responses=REFUSALS)
    def alertmanager(notification: Notification) -> Accepted:
        service.journal.notify(notification, service.clock())
        service.received[notification.status] += 1
        return Accepted()

    @routes.post("/heartbeat", summary="Take a heartbeat: a notification of Watchdog", responses=REFUSALS)
    def heartbeat(notification: Notification) -> Accepted:
        beating = notification.beating()
        if beating:
            service.journal.beat(beating, service.clock())
        elif notification.status == "firing":
            raise NoClusterError
        # A resolved Watchdog is no heartbeat, and no fault of the sender: it is taken and not counted.
        return Accepted(clusters=sorted(beating))


def _read(routes: APIRouter, service: Service) -> None:
    @routes.get("/estate", summary="The verdict, the clusters and what to open")
    def estate() -> EstateDocument:
        facts = service.facts()
        health = clusters(facts)
        sentence = verdict(facts, health)
        return EstateDocument(
            name=facts.estate.name,
            hub=facts.estate.hub,
            target=facts.status.value.target if facts.status.value else "",
            verdict=VerdictDocument(level=sentence.level, headline=sentence.headline, detail=sentence.detail),
            clusters=[_cluster(facts, row) for row in health],
            links=[LinkDocument(label=row.label, url=row.url, ready=row.ready) for row in links(facts)],
        )

    @routes.get("/components", summary="What runs")
    def components() -> Components:
        facts = service.facts()
        running = facts.status.value
        return Components(
            changed=facts.status.changed or None,
            age_seconds=max(0.0, facts.now - facts.status.changed) if running else None,
            supervised=facts.alive,
            problem=facts.status.problem,
            components=[
                ComponentDocument.model_validate(row, from_attributes=True)
                for row in (running.components if running else ())
            ],
        )

    @routes.get("/verification", summary="The last verification with its hops")
    def verification() -> LastVerification:
        facts = service.facts()
        return LastVerification(
            age_seconds=facts.proof_age(),
            stale=facts.proof_stale(),
            problem=facts.verification.problem or facts.attempt,
            verification=facts.verification.value.document() if facts.verification.value else None,
        )

    @routes.get("/heartbeats", summary="The last heartbeat of every cluster")
    def heartbeats() -> Heartbeats:
        facts = service.facts()
        names = (*facts.estate.clusters, *facts.unexpected())
        return Heartbeats(heartbeats=[_heartbeat(facts, name) for name in names])

    @routes.get("/notifications", summary="The last notifications, newest first")
    def notifications(limit: Annotated[int, Query(ge=1, le=NOTIFICATIONS)] = NOTIFICATIONS) -> Notifications:
        return Notifications(
            notifications=[
                KeptNotification(
                    received=row.received,
                    status=row.notification.status,
                    receiver=row.notification.receiver,
                    group_key=row.notification.group_key,
                    truncated_alerts=row.notification.truncated_alerts,
                    alerts=row.notification.alerts,
                )
                for row in service.journal.notifications(limit)
            ]
        )


def _heartbeat(facts: Facts, cluster: str) -> Heartbeat:
    beat = facts.heartbeats.get(cluster)
    return Heartbeat(
        cluster=cluster,
        last=beat.last if beat else None,
        age_seconds=max(0.0, facts.now - beat.last) if beat else None,
        count=beat.count if beat else 0,
        state=facts.heartbeat(cluster),
        expected=cluster in facts.estate.clusters,
    )


def _cluster(facts: Facts, health: ClusterHealth) -> ClusterDocument:
    row = facts.estate.clusters[health.name]
    return ClusterDocument(
        name=health.name,
        role=health.role,
        region=row.region,
        subscription=row.subscription,
        version=row.version,
        labels=dict(row.labels),
        level=health.level,
        reasons=[Why(level=reason.level, text=reason.text) for reason in health.reasons],
        components_ready=health.ready,
        components=health.components,
        hops_held=health.held,
        hops_broken=health.cut,
        hops=health.hops,
        alerts_firing=health.firing,
    )
