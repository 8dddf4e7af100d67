"""The document that Alertmanager posts to a webhook, version 4, and as much of it as a page needs.

Contract: prometheus/alertmanager notify/webhook/webhook.go (Message) and template/template.go (Data,
Alert). Keys that newer versions add (`notification_reason`, `routeLabels`) are accepted and ignored; every
key the contract has always had is required. Nothing in it is bounded by the contract: texts, labels and
alerts beyond our bounds are cut here, before anything is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

Status = Literal["firing", "resolved"]

# Alerts of one notification that are looked at; `max_alerts` of our own Alertmanager is below.
ALERTS = 2_000
LABELS = 64
_NAME, _VALUE, _ANNOTATION, _ADDRESS, _KEY = 200, 1_000, 2_000, 4_000, 2_000
# What pages are made of is kept first where there are too many.
_FIRST = ("alertname", "severity", "cluster", "expected_cluster", "namespace", "summary", "description")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _cut_key(text: str) -> str:
    return _cut(text, _KEY)


def _cut_labels(labels: dict[str, str]) -> dict[str, str]:
    return _cut_pairs(labels, _VALUE)


def _cut_annotations(annotations: dict[str, str]) -> dict[str, str]:
    return _cut_pairs(annotations, _ANNOTATION)


def _cut_pairs(pairs: dict[str, str], most: int) -> dict[str, str]:
    if len(pairs) > LABELS:
        names = sorted(pairs, key=lambda name: (name not in _FIRST, name))[:LABELS]
        pairs = {name: pairs[name] for name in names}
    return {_cut(name, _NAME): _cut(value, most) for name, value in pairs.items()}


def _whole_address(url: str) -> str:
    """A URL that is cut leads elsewhere; one that is too long is none."""
    return url if len(url) <= _ADDRESS else ""


def _first_alerts(alerts: Any) -> Any:
    return alerts[:ALERTS] if isinstance(alerts, list) else alerts


Key = Annotated[str, AfterValidator(_cut_key)]
Labels = Annotated[dict[str, str], AfterValidator(_cut_labels)]
Annotations = Annotated[dict[str, str], AfterValidator(_cut_annotations)]
Address = Annotated[str, AfterValidator(_whole_address)]


class Message(BaseModel):
    """Base of both parts: frozen, read and written under the names that Alertmanager uses."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)


class Alert(Message):
    """One alert of a notification. `ends_at` is year 1 while it fires."""

    status: Status
    labels: Labels
    annotations: Annotations
    starts_at: Annotated[AwareDatetime, Field(alias="startsAt")]
    ends_at: Annotated[AwareDatetime, Field(alias="endsAt")]
    generator_url: Annotated[Address, Field(alias="generatorURL")]
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Notification(Message):
    """One notification: the alerts of one group, for one receiver.

    `truncated_alerts` are those that did not come or were not looked at: Alertmanager's `max_alerts` and our
    own bound together.
    """

    version: Literal["4"]
    receiver: Key
    status: Status
    alerts: Annotated[list[Alert], BeforeValidator(_first_alerts), Field(min_length=1)]
    group_labels: Annotated[Labels, Field(alias="groupLabels")]
    common_labels: Annotated[Labels, Field(alias="commonLabels")]
    common_annotations: Annotated[Annotations, Field(alias="commonAnnotations")]
    external_url: Annotated[Address, Field(alias="externalURL")]
    group_key: Annotated[Key, Field(alias="groupKey")]
    truncated_alerts: Annotated[int, Field(alias="truncatedAlerts", strict=True, ge=0)]

    @model_validator(mode="before")
    @classmethod
    def _count_what_is_cut(cls, document: Any) -> Any:
        alerts = document.get("alerts") if isinstance(document, Mapping) else None
        truncated = document.get("truncatedAlerts") if isinstance(document, Mapping) else None
        if isinstance(alerts, list) and len(alerts) > ALERTS and isinstance(truncated, int):
            return {**document, "truncatedAlerts": truncated + len(alerts) - ALERTS}
        return document

    def beating(self) -> frozenset[str]:
        """Clusters whose Watchdog fires in this notification: one heartbeat each."""
        return frozenset(
            alert.labels["cluster"]
            for alert in self.alerts
            if alert.status == "firing" and alert.labels.get("cluster")
        )
