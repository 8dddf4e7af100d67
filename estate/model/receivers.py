"""Who alerts are sent to, which of them, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from estate.model.row import Row
from estate.names import AlertName, ClockTime, ClusterName, DnsLabel, MailAddress, MailServer, SecretReference

Severity = Literal["critical", "warning", "info"]
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WORKDAYS: list[Day] = ["monday", "tuesday", "wednesday", "thursday", "friday"]


class SinglepaneReceiver(Row):
    """The singlepane server, which keeps the last notifications and heartbeats and shows them."""

    kind: Literal["singlepane"]


class WebhookReceiver(Row):
    """Any HTTP endpoint that takes Alertmanager's webhook document."""

    kind: Literal["webhook"]
    url: SecretReference
    """Reference to the URL: webhook URLs hold tokens."""


class PagerDutyReceiver(Row):
    """A service of PagerDuty: one incident for each group of alerts, resolved with it."""

    kind: Literal["pagerduty"]
    key: SecretReference
    """Reference to the integration key of an integration of the kind "Events API v2"."""
    region: Literal["us", "eu"] = "us"
    """Service region of the account."""


class JiraReceiver(Row):
    """Alerts of Jira Service Management, the successor of Opsgenie."""

    kind: Literal["jira-service-management"]
    key: SecretReference
    """Reference to the API key of an integration of the kind "API" or "Prometheus"."""


class TeamsReceiver(Row):
    """A channel of Microsoft Teams, by a workflow."""

    kind: Literal["teams"]
    url: SecretReference
    """Reference to the URL of a workflow that starts when a webhook request is received.

    URLs of the old connectors do not work any more.
    """


class SlackReceiver(Row):
    """A channel of Slack, by an incoming webhook."""

    kind: Literal["slack"]
    url: SecretReference
    """Reference to the URL of the incoming webhook, which belongs to one channel."""


class EmailReceiver(Row):
    """A mailbox."""

    kind: Literal["email"]
    to: MailAddress
    """Address that it is sent to."""
    sender: MailAddress
    """Address that it is sent from."""
    server: MailServer
    """Mail server as HOST:PORT; it must offer TLS."""
    user: str | None = None
    """Name to sign in with; without one nobody signs in."""
    password: SecretReference | None = None
    """Reference to the password of `user`."""


Receiver = Annotated[
    SinglepaneReceiver
    | WebhookReceiver
    | PagerDutyReceiver
    | JiraReceiver
    | TeamsReceiver
    | SlackReceiver
    | EmailReceiver,
    Field(discriminator="kind"),
]
_SECRETS = ("url", "key", "password")


def secret_of(receiver: Receiver) -> tuple[str, str] | None:
    """The key of a receiver that is a secret, and its reference; None for one without."""
    for key in _SECRETS:
        reference = getattr(receiver, key, None)
        if reference is not None:
            return key, reference
    return None


class AlertRoute(Row):
    """Alerts that all of these keys take go to this receiver. A key that is left out takes any."""

    receiver: DnsLabel
    """Who is told."""
    severities: list[Severity] = Field(default=[])
    """Severities that it takes."""
    teams: list[DnsLabel] = Field(default=[])
    """Teams that it takes, by the label `team` of alerts."""
    clusters: list[ClusterName] = Field(default=[])
    """Clusters that it takes."""
    alerts: list[AlertName] = Field(default=[])
    """Alerts that it takes, by name."""
    hours: DnsLabel | None = None
    """Only within these hours; what fires outside of them is told when they begin, if it still fires."""
    also: bool = False
    """Later routes are asked as well; else an alert that this route takes is done with."""


def selected(row: AlertRoute) -> Mapping[str, Sequence[str]]:
    """The labels that a route looks at, each with the values that it takes; an empty list takes any."""
    return {
        "severity": row.severities,
        "team": row.teams,
        "cluster": row.clusters,
        "alertname": row.alerts,
    }


class Hours(Row):
    """A part of the week in the time of a place."""

    zone: str
    """Time zone by its name in the IANA database, such as Europe/Amsterdam."""
    days: Annotated[list[Day], Field(min_length=1)] = WORKDAYS
    """Days of the week."""
    begin: ClockTime
    """Time of day at which they begin, such as "09:00"."""
    end: ClockTime
    """Time of day at which they end, the same day; "24:00" is its end."""
