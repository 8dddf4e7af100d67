"""Where heartbeats end.

Source: a dead man's switch is outside of what it watches
(https://github.com/prometheus-operator/runbooks, general/Watchdog; thanos-io/thanos#7197: the one who should
have told stopped with what it watched).
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate, SinglepaneReceiver
from estate.problems import Problem


def heartbeats(estate: Estate) -> Iterator[Problem]:
    """Nobody on the hub can tell that the hub is gone."""
    name = estate.alerts.heartbeat.receiver
    if isinstance(estate.alerts.receivers[name], SinglepaneReceiver):
        message = f"{name!r} is the singlepane server on {estate.hub!r}: when the hub is lost, nobody is told"
        fix = "send heartbeats to a webhook outside of the estate that tells when they stop"
        yield Problem("heartbeat-inside", ("alerts", "heartbeat", "receiver"), message, fix)
