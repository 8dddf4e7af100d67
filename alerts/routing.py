"""Who is told of which alert: Alertmanager's configuration out of the estate's receivers.

Contract: https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.muting import Muted, muted, weekly
from alerts.receivers import receiver
from estate.components import Address
from estate.model import GROUP_INTERVAL, AlertRoute, Alerts, Estate, Hours, WeeklyMaintenance, selected
from estate.quantities import seconds

NOTIFICATIONS = "/api/v1/alertmanager"
HEARTBEATS = "/api/v1/heartbeat"
# Tells nobody: what it gets was told by a route with `also`.
TOLD = "also/told"
# One notification is about one problem of one cluster.
GROUP_BY = ("cluster", "alertname", "namespace")


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
    beaten = alerts.heartbeat.receiver
    beats = f"{beaten}/heartbeat"
    return {
        "route": {
            "receiver": alerts.default,
            "group_by": list(GROUP_BY),
            "group_wait": "30s",
            "group_interval": GROUP_INTERVAL,
            "repeat_interval": alerts.repeat,
            # The heartbeat comes first: no later route may take it away.
            "routes": [
                _heartbeat_route(beats, alerts.heartbeat.every),
                *(_route(each, alerts) for each in alerts.routes),
                *_by_default(alerts),
            ],
        },
        "inhibit_rules": [_inhibition(each) for each in EXPLANATIONS],
        **({"time_intervals": intervals} if (intervals := _intervals(alerts)) else {}),
        "receivers": [
            *(
                _receiver(name, receiver(name, row, server, NOTIFICATIONS), True)
                for name, row in alerts.receivers.items()
            ),
            # A receiver that counts requests takes a resolved heartbeat for one more: the opposite.
            _receiver(beats, receiver(beaten, alerts.receivers[beaten], server, HEARTBEATS), False),
            *([{"name": TOLD}] if weekly(alerts) and any(row.also for row in alerts.routes) else []),
        ],
    }


def _receiver(name: str, integrations: Mapping[str, Any], resolved: bool) -> Mapping[str, Any]:
    """Each integration also says whether what ended is told; some do not tell by themselves."""
    told = {"send_resolved": resolved}
    return {
        "name": name,
        **{kind: [{**each, **told} for each in rows] for kind, rows in integrations.items()},
    }


def _route(row: AlertRoute, alerts: Alerts) -> Mapping[str, Any]:
    hours = {"active_time_intervals": [row.hours]} if row.hours is not None else {}
    below = [{**_muted(each), **hours} for each in muted(alerts, row)]
    return {
        "matchers": _matchers(selected(row)),
        "receiver": row.receiver,
        **hours,
        **({"continue": True} if row.also else {}),
        **({"routes": below} if below else {}),
    }


def _by_default(alerts: Alerts) -> Iterator[Mapping[str, Any]]:
    """Routes for what windows hold back from the default receiver: the root itself cannot be muted.

    What a route with `also` took and no later one did is not for the default receiver: it must not get here.
    """
    held = [_muted(each) for each in muted(alerts)]
    if held:
        for row in alerts.routes:
            if row.also:
                yield {"matchers": _matchers(selected(row)), "receiver": TOLD}
    yield from held


def _muted(row: Muted) -> Mapping[str, Any]:
    return {
        "matchers": _matchers(row.labels),
        "mute_time_intervals": [_window(name) for name in row.windows],
    }


def _matchers(labels: Mapping[str, Sequence[str]]) -> list[str]:
    return [f'{label}=~"{"|".join(values)}"' for label, values in labels.items() if values]


def _window(name: str) -> str:
    """Hours may have the name of a window."""
    return f"maintenance/{name}"


def _intervals(alerts: Alerts) -> list[Mapping[str, Any]]:
    hours = [_interval(*each) for each in alerts.hours.items()]
    return [*hours, *(_interval(_window(name), row) for name, row in weekly(alerts).items())]


def _interval(name: str, row: Hours | WeeklyMaintenance) -> Mapping[str, Any]:
    times = [{"start_time": row.begin, "end_time": row.end}]
    return {
        "name": name,
        "time_intervals": [{"times": times, "weekdays": list(row.days), "location": row.zone}],
    }


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
