"""Bring one cluster to what is rendered: definitions, namespace, secrets, then release by release.

Every step may be done again: an apply that was killed goes on where it ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.targets.kubernetes.cluster import additions, definitions, history, releases
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.history import Entry
from deploy.targets.kubernetes.cluster.paths import collection, path
from deploy.targets.kubernetes.objects.files import SecretDraft
from deploy.targets.kubernetes.objects.names import OURS
from deploy.targets.kubernetes.rendering.release import Release, Rendering
from deploy.targets.kubernetes.rollout.readiness import WAITED_FOR, trouble, waiting
from estate.errors import ClusterError, RolloutStopped

POLL_SECONDS = 2.0
# How long a pod may be in trouble before it is taken to stay so: images are pulled again after seconds.
PATIENCE_SECONDS = 45.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """How to apply.

    `secrets` are the values of all references; `operator` is the binary that holds the definitions; `timeout`
    is in seconds for all pods of a cluster to become ready. `recreate` are StatefulSets, by cluster and name,
    that are deleted first because they cannot be changed; their pods go on until new ones take their place.
    `differing` are releases, by cluster and name, of which the plan saw that something must change, also
    where the last revision of Helm holds what is wanted: somebody changed it since. `secrets_only`: another
    tool applies the releases.
    """

    by: str
    version: str
    operator: Path
    secrets: Mapping[str, str] = field(repr=False)
    timeout: float = 600.0
    take_over: bool = False
    recreate: frozenset[tuple[str, str]] = frozenset()
    differing: frozenset[tuple[str, str]] = frozenset()
    secrets_only: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done to a cluster: releases and objects of others that changed, and releases that went."""

    cluster: str
    changed: tuple[str, ...]
    deleted: tuple[str, ...]


def apply(api: Api, helm: Helm, rendering: Rendering, order: Order, say: Say) -> Applied:
    """Apply all of it and wait until it is ready. The lock must be held.

    Raises ClusterError for a refusal, RolloutStopped for what does not become ready.
    """
    added = rendering.additions
    # An installed stack has definitions of its own.
    outdated = definitions.outdated(definitions.there(api), definitions.wanted(order.operator))
    for each in () if added else outdated:
        say(f"definition {each['metadata']['name']}")
        definitions.apply(api, each)
    for draft in rendering.secrets:
        _secret(api, draft, order.secrets)
    # Before the releases: what is refused here is refused before anything else has changed.
    changed = list(additions.bring(api, added))
    for what in changed:
        say(f"{what}: fields of ours")
    if order.secrets_only:
        return Applied(rendering.cluster, tuple(changed), ())
    there = releases.revisions(api)
    for index, release in enumerate(rendering.releases):
        if _bring(api, helm, release, there.get(release.name, ()), order, say):
            changed.append(release.name)
        if index == 0 and not added:
            # The operator makes pods of what comes next, and admits it.
            wait(api, release.manifests(), order.timeout, say)
    wanted = {release.name for release in rendering.releases}
    gone = [name for name, rows in there.items() if name not in wanted and _ours(rows, helm.estate)]
    for name in gone:
        say(f"release {name} is deleted")
        helm.uninstall(name)
    wait(api, [*manifests(rendering), *added], order.timeout, say)
    return Applied(rendering.cluster, tuple(changed), tuple(gone))


def namespace(api: Api) -> None:
    """Make the namespace if it is not there. Raises ClusterError."""
    place = f"{collection('v1', 'Namespace', None)}/{api.namespace}"
    if api.find(place) is None:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": api.namespace, "labels": OURS}}
        api.apply(place, body, definitions.MANAGER)


def record(api: Api, hashes: Mapping[str, str], revision: int, order: Order, note: str = "") -> None:
    """Write what is there now, the hash of each release, into the cluster's history. Raises ClusterError."""
    history.write(api, Entry(revision, time.time(), order.by, order.version, hashes, note))


def _secret(api: Api, draft: SecretDraft, values: Mapping[str, str]) -> None:
    """Apart from Helm, so that no revision of a release keeps a value."""
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": draft.name, "namespace": api.namespace, "labels": dict(draft.labels)},
        "type": "Opaque",
        "data": draft.data(values),
    }
    api.apply(path(body), body, definitions.MANAGER, force=True)


def _ours(rows: tuple[releases.Revision, ...], estate: str) -> bool:
    return bool(rows) and rows[0].estate == estate


def _bring(
    api: Api,
    helm: Helm,
    release: Release,
    rows: tuple[releases.Revision, ...],
    order: Order,
    say: Say,
) -> bool:
    """Bring a release up to date; whether anything had to be done."""
    last = rows[0] if rows else None
    if last is not None and last.estate != helm.estate and not order.take_over:
        raise ClusterError(
            f"{api.cluster}: the release {release.name} in {api.namespace} is not ours",
            "Uninstall or rename it, name another namespace in the estate, or take it over with --take-over.",
        )
    if last is not None and last.pending:
        # Nobody else works on it: the lock is ours. Helm would refuse for ever.
        say(f"release {release.name}: revision {last.number} was begun and never ended")
        api.delete(releases.path(api, last))
    elif last is not None and _holds(last, release) and (api.cluster, release.name) not in order.differing:
        return False
    say(f"release {release.name}")
    for manifest in release.manifests():
        named = (api.cluster, manifest["metadata"]["name"])
        if manifest["kind"] == "StatefulSet" and named in order.recreate:
            api.delete(path(manifest), orphan=True)
    helm.upgrade(release, take_over=order.take_over)
    return True


def _holds(last: releases.Revision, release: Release) -> bool:
    return last.status == "deployed" and last.hash == release.hash


def manifests(rendering: Rendering) -> list[Mapping[str, Any]]:
    """All objects of a cluster."""
    return [manifest for release in rendering.releases for manifest in release.manifests()]


def wait(api: Api, wanted: Iterable[Mapping[str, Any]], timeout: float, say: Say) -> None:
    """Until everything is ready. Raises RolloutStopped with what is not, and why."""
    left = {path(manifest): manifest for manifest in wanted if manifest["kind"] in WAITED_FOR}
    end = time.monotonic() + timeout
    stuck_since: dict[str, float] = {}
    said: dict[str, str] = {}
    while True:
        for place in list(left):
            why = waiting(api.get(place))
            if not why:
                del left[place]
            elif said.get(place) != why:
                said[place] = why
                say(f"{left[place]['kind']} {left[place]['metadata']['name']}: {why}")
        if not left:
            return
        stuck = _stuck(api, stuck_since)
        if stuck or time.monotonic() > end:
            raise _stopped(api, left, said, stuck, timeout)
        time.sleep(POLL_SECONDS)


def _stuck(api: Api, since: dict[str, float]) -> list[str]:
    """Pods that have been in trouble for so long that waiting does not help."""
    pods = api.get(
        collection("v1", "Pod", api.namespace), labelSelector="app.kubernetes.io/part-of=singlepane"
    )
    now = time.monotonic()
    troubles = {pod["metadata"]["name"]: trouble(pod) for pod in pods["items"]}
    for name in [name for name in since if not troubles.get(name)]:
        del since[name]
    for name, why in troubles.items():
        if why:
            since.setdefault(name, now)
    return [troubles[name] for name, first in since.items() if now - first > PATIENCE_SECONDS]


def _stopped(
    api: Api, left: Mapping[str, Any], said: Mapping[str, str], stuck: list[str], timeout: float
) -> RolloutStopped:
    rows = [f"  {each['kind']} {each['metadata']['name']}: {said[place]}" for place, each in left.items()]
    rows += [f"  pod {each}" for each in stuck]
    why = "pods cannot start" if stuck else f"not ready after {timeout:g} s"
    context = f"kubectl --context {api.access.context} --namespace {api.namespace}"
    return RolloutStopped(
        "\n".join([f"{api.cluster}: {why}", *rows]), f"See more with `{context} describe pods`."
    )
