"""The document that Alertmanager posts to a webhook, version 4.

Contract: prometheus/alertmanager notify/webhook/webhook.go (Message) and template/template.go (Data,
Alert). Keys that newer versions add (`notification_reason`, `routeLabels`) are accepted and ignored; every
key the contract has always had is required.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Status = Literal["firing", "resolved"]


class Message(BaseModel):
    """Base of both parts: frozen, read and written under the names that Alertmanager uses."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)


class Alert(Message):
    """One alert of a notification. `ends_at` is year 1 while it fires."""

    status: Status
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: Annotated[AwareDatetime, Field(alias="startsAt")]
    ends_at: Annotated[AwareDatetime, Field(alias="endsAt")]
    generator_url: Annotated[str, Field(alias="generatorURL")]
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Notification(Message):
    """One notification: the alerts of one group, for one receiver."""

    version: Literal["4"]
    receiver: str
    status: Status
    alerts: Annotated[list[Alert], Field(min_length=1)]
    group_labels: Annotated[dict[str, str], Field(alias="groupLabels")]
    common_labels: Annotated[dict[str, str], Field(alias="commonLabels")]
    common_annotations: Annotated[dict[str, str], Field(alias="commonAnnotations")]
    external_url: Annotated[str, Field(alias="externalURL")]
    group_key: Annotated[str, Field(alias="groupKey")]
    truncated_alerts: Annotated[int, Field(alias="truncatedAlerts", strict=True, ge=0)]

    def beating(self) -> frozenset[str]:
        """Clusters whose Watchdog fires in this notification: one heartbeat each."""
        return frozenset(
            alert.labels["cluster"]
            for alert in self.alerts
            if alert.status == "firing" and alert.labels.get("cluster")
        )
