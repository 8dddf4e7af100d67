"""Who is told of which alert: Alertmanager's configuration out of the estate's receivers.

Contract: https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from estate.components import Address, File, FilePath, SecretValue, text
from estate.errors import UsageError
from estate.model import GROUP_INTERVAL, Estate, Receiver, WebhookReceiver
from estate.quantities import seconds

NOTIFICATIONS = "/api/v1/alertmanager"
HEARTBEATS = "/api/v1/heartbeat"
# Alerts in one notification for the server. At some 2 KiB each they stay far below the 4 MiB that it takes;
# how many were left out is in the document, and the server shows it.
MAX_ALERTS = 500


@dataclass(frozen=True, slots=True)
class Explanation:
    """Alerts that hold others back, as matchers of the label `alertname`, where both have the same `cluster`
    and the same labels `equal`. `cluster` is never left out: the trouble of one cluster would then hide the
    alerts of all.
    """

    source: str
    target: str
    equal: tuple[str, ...] = ()


EXPLANATIONS = (
    # Of a cluster that is not heard, other alerts are old news.
    Explanation('="ClusterSilent"', '!~"ClusterSilent|Watchdog"'),
    # A type that cannot be read fails its collector as a whole; the first says which, and why.
    Explanation('=~"AzureMetricsGroupDown|AzureMetricsStale"', '="ExporterStale"', ("component", "exporter")),
    # What Azure keeps waiting gets old.
    Explanation(
        '="AzureMetricsThrottled"', '="AzureMetricsStale"', ("component", "exporter", "subscription")
    ),
)


def configuration(estate: Estate, server: Address | None) -> Mapping[str, Any]:
    """The configuration document; `server` is the singlepane server, for receivers of its kind.

    Raises UsageError when a receiver is the singlepane server and there is none.
    """
    alerts = estate.alerts
    beats = f"{alerts.heartbeat.receiver}/heartbeat"
    return {
        "route": {
            "receiver": alerts.default,
            # One notification is about one problem of one cluster.
            "group_by": ["cluster", "alertname", "namespace"],
            "group_wait": "30s",
            "group_interval": GROUP_INTERVAL,
            "repeat_interval": alerts.repeat,
            # The heartbeat comes first: no later route may take it away.
            "routes": [_heartbeat_route(beats, alerts.heartbeat.every)],
        },
        "inhibit_rules": [_inhibition(each) for each in EXPLANATIONS],
        "receivers": [
            *(_receiver(name, name, row, server, NOTIFICATIONS) for name, row in alerts.receivers.items()),
            _receiver(
                beats,
                alerts.heartbeat.receiver,
                alerts.receivers[alerts.heartbeat.receiver],
                server,
                HEARTBEATS,
                # A receiver that counts requests takes a resolved heartbeat for one more: the opposite.
                send_resolved=False,
            ),
        ],
    }


def secret_files(estate: Estate) -> tuple[File, ...]:
    """Files that the configuration refers to: URLs of webhooks, which hold tokens."""
    return tuple(
        File(_url_file(name), text(SecretValue(row.url)), secret=True)
        for name, row in estate.alerts.receivers.items()
        if isinstance(row, WebhookReceiver)
    )


def _inhibition(of: Explanation) -> Mapping[str, Any]:
    return {
        "source_matchers": [f"alertname{of.source}"],
        "target_matchers": [f"alertname{of.target}"],
        "equal": ["cluster", *of.equal],
    }


def _heartbeat_route(receiver: str, every: str) -> Mapping[str, Any]:
    """One beat for each cluster and interval.

    Alertmanager looks at a group once every `group_interval`, and sends again only when `repeat_interval`
    has passed since the last time. Were both equal, a beat a millisecond early would be put off by a whole
    interval.
    """
    return {
        "matchers": ['alertname="Watchdog"'],
        "receiver": receiver,
        "group_by": ["cluster"],
        "group_wait": "0s",
        "group_interval": every,
        "repeat_interval": f"{seconds(every) * 500}ms",
    }


def _receiver(
    name: str, row_name: str, row: Receiver, server: Address | None, path: str, send_resolved: bool = True
) -> Mapping[str, Any]:
    if isinstance(row, WebhookReceiver):
        webhook: dict[str, Any] = {"url_file": text(FilePath(_url_file(row_name)))}
    elif server is not None:
        webhook = {"url": text("http://", server, path), "max_alerts": MAX_ALERTS}
    else:
        raise UsageError(
            f"receiver {row_name!r} is the singlepane server, which does not run here",
            "Give the receiver `kind: webhook` and a reference to its URL.",
        )
    return {"name": name, "webhook_configs": [{**webhook, "send_resolved": send_resolved}]}


def _url_file(name: str) -> str:
    return f"receivers/{name}.url"
