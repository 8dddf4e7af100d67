"""A roll-out: wave after wave, each behind its gates; what goes wrong stops it, and its wave goes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from deploy.targets.kubernetes.cluster import history, lock
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.history import Entry
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rollout import applying, gates
from deploy.targets.kubernetes.rollout.applying import Order
from deploy.targets.kubernetes.rollout.rollback import differing, rollback
from deploy.targets.kubernetes.rollout.waves import Group
from estate.errors import RolloutStopped, SurroundingsError
from estate.model import Estate

# Proves the data path of these clusters; raises RolloutStopped with the first broken hop.
Prove = Callable[[tuple[str, ...]], None]


@dataclass(frozen=True, slots=True)
class Target:
    """One cluster: its API server and Helm towards it."""

    api: Api
    helm: Helm


@dataclass(frozen=True, slots=True)
class Rollout:
    """All that a roll-out needs. `targets` has the hub, also where it is not changed: gates ask it.

    `keep`: what was changed stays as it is when something goes wrong.
    """

    estate: Estate
    targets: Mapping[str, Target]
    renderings: Mapping[str, Rendering]
    order: Order
    say: Callable[[str, str], None]
    prove: Prove
    keep: bool = False
    done: list[str] = field(default_factory=list)


def roll_out(given: Rollout, groups: tuple[Group, ...]) -> int:
    """Apply the waves in their order; the revision of the estate that they are now.

    The locks of all clusters are held from the beginning: nobody else changes one that is still to come.
    Raises ClusterError where nothing was changed, RolloutStopped with what was and what was not.
    """
    clusters = [cluster for group in groups for cluster in group.clusters]
    by = lock.holder()
    with ExitStack() as locks:
        for cluster in clusters:
            applying.namespace(given.targets[cluster].api)
            locks.enter_context(lock.held(given.targets[cluster].api, by))
        before = {cluster: history.read(given.targets[cluster].api) for cluster in clusters}
        revision = 1 + max((row.revision for rows in before.values() for row in rows), default=0)
        for group in groups:
            _wave(given, group, revision, {name: rows[:1] for name, rows in before.items()}, clusters)
    return revision


def _wave(
    given: Rollout,
    group: Group,
    revision: int,
    before: Mapping[str, tuple[Entry, ...]],
    clusters: list[str],
) -> None:
    touched: list[str] = []
    try:
        for cluster in group.clusters:
            target = given.targets[cluster]
            touched.append(cluster)
            _cluster(given, target, cluster, revision)
        if given.order.secrets_only:
            given.done.extend(group.clusters)
            return
        given.prove(group.clusters)
        for gate in given.estate.rollout.gates:
            hub = given.targets[given.estate.hub].api
            gates.pass_through(hub, gate, _incomplete(given, group, before), partial(given.say, group.name))
    except SurroundingsError as error:
        raise _stopped(given, group, error, touched, before, clusters) from error
    given.done.extend(group.clusters)


def _incomplete(given: Rollout, group: Group, before: Mapping[str, tuple[Entry, ...]]) -> bool:
    """Whether the global view may lack clusters because nobody has applied to them yet."""
    young = {cluster for cluster, rows in before.items() if not rows}
    unknown = given.estate.clusters.keys() - before.keys()
    return bool(unknown | (young - set(given.done) - set(group.clusters)))


def _cluster(given: Rollout, target: Target, cluster: str, revision: int) -> None:
    say = partial(given.say, cluster)
    rendering = given.renderings[cluster]
    done = applying.apply(target.api, target.helm, rendering, given.order, say)
    if given.order.secrets_only:
        say("secrets applied")
        return
    rows = history.read(target.api)
    hashes = {release.name: release.hash for release in rendering.releases}
    if not done.changed and not done.deleted and rows and rows[0].hashes == hashes:
        say("is as it should be")
        return
    applying.record(target.api, hashes, revision, given.order)
    say(f"ready: {len(done.changed)} releases changed, {len(done.deleted)} deleted")


def _stopped(
    given: Rollout,
    group: Group,
    error: SurroundingsError,
    touched: list[str],
    before: Mapping[str, tuple[Entry, ...]],
    clusters: list[str],
) -> RolloutStopped:
    """Take the wave back where there is something to go back to, and say how everything is now."""
    rows = [error.message, f"the roll-out stopped in wave {group.name}"]
    rows += [f"  {cluster}: {_back(given, cluster, before[cluster])}" for cluster in touched]
    if given.done:
        rows.append(f"  changed and proven: {', '.join(given.done)}")
    untouched = [each for each in clusters if each not in touched and each not in given.done]
    if untouched:
        rows.append(f"  not touched: {', '.join(untouched)}")
    return RolloutStopped("\n".join(rows), error.remedy)


def _back(given: Rollout, cluster: str, before: tuple[Entry, ...]) -> str:
    if given.keep:
        return "left as it is, as --keep asks"
    if not before:
        return "left as it is, half applied: there was nothing before to go back to"
    target, entry = given.targets[cluster], before[0]
    try:
        rollback(target.api, target.helm, entry, given.order, partial(given.say, cluster))
        return f"rolled back to revision {entry.revision}"
    except SurroundingsError as error:
        said = f"could not be rolled back to revision {entry.revision}: {error.message}"
        return f"{said}\n    {_left(target, entry)}"


def _left(target: Target, entry: Entry) -> str:
    """What is half applied, object by object."""
    try:
        rows = differing(target.api, target.helm.estate, entry)
    except SurroundingsError as error:
        return (
            f"what is left half applied cannot be seen now: {error.message}; `singlepane plan` shows it later"
        )
    if not rows:
        return "every object is as it was then all the same"
    return f"half applied, not as it was then: {', '.join(rows)}"
