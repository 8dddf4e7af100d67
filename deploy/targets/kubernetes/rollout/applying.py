"""Bring one cluster to what is rendered: definitions, namespace, secrets, then release by release.

Every step may be done again: an apply that was killed goes on where it ended.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.targets.kubernetes.changes import claims
from deploy.targets.kubernetes.cluster import additions, definitions, history, releases
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.history import Entry
from deploy.targets.kubernetes.cluster.paths import collection, path
from deploy.targets.kubernetes.cluster.refused import Refused
from deploy.targets.kubernetes.objects.files import SecretDraft
from deploy.targets.kubernetes.objects.names import OURS
from deploy.targets.kubernetes.rendering.release import Release, Rendering
from deploy.targets.kubernetes.rollout.waiting import Say, wait
from estate.errors import ClusterError

# Until an API server takes objects of new definitions: seconds, a minute where it has much to do.
SERVED_SECONDS = 120.0


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
    if not added:
        # An installed stack has definitions of its own.
        _define(api, order, say)
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
    for growth in claims.growing(api, rendering.manifests()):
        _grow(api, growth, say)
    wait(api, [*rendering.manifests(), *added], order.timeout, say)
    return Applied(rendering.cluster, tuple(changed), tuple(gone))


def _grow(api: Api, growth: claims.Growth, say: Say) -> None:
    """Whoever may not change claims is told which one stays; the rest is none the worse for it."""
    try:
        claims.grow(api, growth)
        say(f"claim {growth.name} grows from {growth.has} to {growth.wanted}")
    except Refused as error:
        say(f"claim {growth.name} stays at {growth.has}: {error.message}. {error.remedy}".rstrip(". "))


def _define(api: Api, order: Order, say: Say) -> None:
    """Bring the definitions up to date, and wait until objects of them are taken."""
    wanted = definitions.wanted(order.operator)
    for each in definitions.outdated(definitions.there(api), wanted):
        say(f"definition {each['metadata']['name']}")
        definitions.apply(api, each)
    end = time.monotonic() + SERVED_SECONDS
    while missing := definitions.unserved(api, wanted):
        if time.monotonic() > end:
            raise ClusterError(
                f"{api.cluster}: its API server does not serve {', '.join(missing)} after "
                f"{SERVED_SECONDS:g} s, although they are defined",
                "Is it overloaded? The same command again goes on from here.",
            )
        time.sleep(1)


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
    elif last is not None and last.holds(release.hash) and (api.cluster, release.name) not in order.differing:
        return False
    say(f"release {release.name}")
    for manifest in release.manifests():
        named = (api.cluster, manifest["metadata"]["name"])
        if manifest["kind"] == "StatefulSet" and named in order.recreate:
            api.delete(path(manifest), orphan=True)
    helm.upgrade(release, take_over=order.take_over)
    return True
