"""Tenth hop: Alertmanager gets notifications to every receiver that it has something for."""

from __future__ import annotations

import time
from pathlib import Path

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.series import instant
from deploy.verify.words import counted
from estate.model import SinglepaneReceiver, secret_of
from estate.quantities import seconds

WINDOW = "10m"
# Heartbeats come more often than that.
LATELY = "75s"
WORDS = {"url": "URL", "key": "key", "password": "password"}
_SENT = "alertmanager_notifications_total"
_FAILED = "alertmanager_notifications_failed_total"
# The counts are the hub's: a store of another cluster that does not answer takes nothing from them.
_PARTLY = {"dedup": "true", "partial_response": "true"}


async def prove(ground: Ground, replica: Replica) -> str:
    """The files with receivers' secrets first: they are read only when there is something to send."""
    receivers = ground.estate.alerts.receivers
    for name, row in receivers.items():
        # In a cluster they are files of the pod, which does not begin without them.
        held = secret_of(row)
        if held is not None and not ground.in_clusters:
            _readable(ground, name, held[0])
    by = "receiver_name, integration, reason"
    failed = await instant(ground, "query", f"sum by ({by}) (increase({_FAILED}[{WINDOW}])) > 0", _PARTLY)
    for counts in failed:
        each = counts.labels
        if await _over(ground, each.get("receiver_name", "")):
            continue
        raise Broken(
            f"Alertmanager gave up on notifications to {each.get('receiver_name', 'a receiver')} "
            f"({each.get('integration', '')}: {each.get('reason', '')}) within the last {WINDOW}",
            "See the error with `singlepane logs alertmanager`; docs/runbooks/"
            "AlertmanagerNotificationsFailing.md says what each reason means.",
        )
    sent = await instant(ground, "query", f"sum(increase({_SENT}[{WINDOW}]))", _PARTLY)
    if not sent:
        return f"{counted(len(receivers), 'receiver')}; no Prometheus has counts of Alertmanager yet"
    return f"{counted(len(receivers), 'receiver')}, none failed in {WINDOW}"


async def _over(ground: Ground, receiver: str) -> bool:
    """Whether what failed was for a server of ours that is new, and which has taken everything lately."""
    row = ground.estate.alerts.receivers.get(receiver.partition("/")[0])
    servers = [each for each in ground.of_kind("server") if each.state == "ready"]
    if not isinstance(row, SinglepaneReceiver) or not servers:
        return False
    if time.time() - servers[0].since >= seconds(WINDOW):
        return False
    lately = f'{{receiver_name="{receiver}"}}[{LATELY}]'
    query = f"sum(increase({_SENT}{lately})) > 0 unless sum(increase({_FAILED}{lately})) > 0"
    return bool(await instant(ground, "query", query, _PARTLY))


def _readable(ground: Ground, name: str, key: str) -> None:
    file = Path(ground.deployment.state_folder) / "files" / "alertmanager" / "receivers" / f"{name}.{key}"
    try:
        empty = not file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Broken(
            f"the file with the {WORDS[key]} of the receiver {name} cannot be read: {why}",
            "Run `singlepane up` again, which writes it anew.",
        ) from None
    if empty:
        raise Broken(
            f"the file with the {WORDS[key]} of the receiver {name} is empty",
            "Look at the secret that the estate names for it, then run `singlepane up` again.",
        )


HOP = Hop(
    name="notifications-delivered",
    proves="Alertmanager has given up on no notification lately, and can read every receiver's URL.",
    scope="cluster",
    patience=80,
    prove=prove,
)
