"""Waiting until what was applied is ready, and saying why it is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection, path
from deploy.targets.kubernetes.cluster.refused import Refused
from deploy.targets.kubernetes.objects.names import SELECTOR
from deploy.targets.kubernetes.rollout.readiness import WAITED_FOR, not_made, refusal, trouble, waiting
from estate.errors import ClusterError, RolloutStopped

POLL_SECONDS = 2.0
# How long a pod may be in trouble before it is taken to stay so: images are pulled again after seconds.
PATIENCE_SECONDS = 45.0
# How long an API server may be away: one that is replaced, as in an upgrade, is there again within that.
AWAY_SECONDS = 180.0
Say = Callable[[str], None]


def wait(api: Api, wanted: Iterable[Mapping[str, Any]], timeout: float, say: Say) -> None:
    """Until everything is ready. Raises RolloutStopped with what is not, and why.

    An API server that is away for a moment is waited for; ClusterError when it stays away.
    """
    watch = _Watch(api, {path(each): each for each in wanted if each["kind"] in WAITED_FOR}, say)
    end = time.monotonic() + timeout
    away: float | None = None
    while True:
        try:
            watch.look()
            away = None
        except ClusterError as error:
            if isinstance(error, Refused) and error.status < 500:
                raise
            now = time.monotonic()
            if away is None:
                away = now
                say(f"{error.message}: waiting for it")
            if now - away > AWAY_SECONDS:
                raise
        else:
            if not watch.left:
                return
            if watch.stuck() or time.monotonic() > end:
                raise watch.stopped(timeout)
        time.sleep(POLL_SECONDS)


class _Watch:
    """What is not ready yet: `left` by path, what is said of each, and since when pods are in trouble."""

    def __init__(self, api: Api, left: dict[str, Mapping[str, Any]], say: Say) -> None:
        self.api, self.left, self._say = api, left, say
        self._said: dict[str, str] = {}
        self._troubles: dict[str, str] = {}
        self._since: dict[str, float] = {}

    def look(self) -> None:
        """Ask for all that is left, and for their pods. Raises ClusterError."""
        unmade: dict[str, str] = {}
        for place in list(self.left):
            found = self.api.get(place)
            why = waiting(found)
            if not why:
                del self.left[place]
                continue
            if self._said.get(place) != why:
                self._said[place] = why
                self._say(f"{found['kind']} {found['metadata']['name']}: {why}")
            if not_made(found):
                unmade[found["metadata"]["name"]] = found["kind"]
        if self.left:
            self._note({**self._of_pods(), **(self._unmade(unmade) if unmade else {})})

    def stuck(self) -> list[str]:
        """Troubles that have lasted for so long that waiting does not help."""
        now = time.monotonic()
        return [self._troubles[name] for name, first in self._since.items() if now - first > PATIENCE_SECONDS]

    def stopped(self, timeout: float) -> RolloutStopped:
        """The end of the waiting, in words."""
        stuck = self.stuck()
        rows = [
            f"  {each['kind']} {each['metadata']['name']}: {self._said[place]}"
            for place, each in self.left.items()
        ]
        rows += [f"  pod {each}" for each in stuck]
        rows += [f"  node {each}" for each in _nodes_away(self.api)]
        why = "pods cannot start" if stuck else f"not ready after {timeout:g} s"
        context = f"kubectl --context {self.api.access.context} --namespace {self.api.namespace}"
        return RolloutStopped(
            "\n".join([f"{self.api.cluster}: {why}", *rows]), f"See more with `{context} describe pods`."
        )

    def _note(self, troubles: dict[str, str]) -> None:
        now = time.monotonic()
        self._since = {name: self._since.get(name, now) for name in troubles}
        self._troubles = troubles

    def _of_pods(self) -> dict[str, str]:
        pods = self.api.get(collection("v1", "Pod", self.api.namespace), labelSelector=SELECTOR)["items"]
        return {pod["metadata"]["name"]: why for pod in pods if (why := trouble(pod))}

    def _unmade(self, owners: Mapping[str, str]) -> dict[str, str]:
        """Of pods that are not even made only events tell: a quota or Pod Security refuses them."""
        place = collection("v1", "Event", self.api.namespace)
        try:
            events = self.api.get(place, fieldSelector="type=Warning,reason=FailedCreate")["items"]
        except Refused as error:
            # Who may not read events is told the rest.
            if error.status != 403:
                raise
            return {}
        return {name: why for name, kind in owners.items() if (why := refusal(kind, name, events))}


def _nodes_away(api: Api) -> list[str]:
    """Nodes that are not ready; none where they may not be listed."""
    try:
        nodes = api.get(collection("v1", "Node", None))["items"]
    except ClusterError:
        return []
    rows = [
        (node["metadata"]["name"], row)
        for node in nodes
        for row in node.get("status", {}).get("conditions", ())
    ]
    return [
        f"{name} is not ready: {row.get('message', '')}"
        for name, row in rows
        if row["type"] == "Ready" and row["status"] != "True"
    ]
