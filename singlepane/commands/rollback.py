"""`singlepane rollback`: the clusters as they were at a revision of the estate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from deploy.targets.kubernetes.changes.drift import applied
from deploy.targets.kubernetes.changes.planning import kinds_of
from deploy.targets.kubernetes.cluster import history, lock, rights
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.history import Entry
from deploy.targets.kubernetes.cluster.rights import Right
from deploy.targets.kubernetes.rollout import rollback as back
from deploy.targets.kubernetes.rollout.applying import Order, record
from deploy.targets.kubernetes.rollout.rollout import Target
from deploy.targets.kubernetes.rollout.waves import waves
from estate.errors import RolloutStopped, SurroundingsError
from singlepane import asking, output
from singlepane.clusters import ClustersOption
from singlepane.commands.apply import TimeoutOption
from singlepane.which import EstateOption


def rollback(
    revision: Annotated[int, typer.Argument(min=1, help="A revision of `singlepane history`.")],
    estate: EstateOption = None,
    cluster: ClustersOption = None,
    timeout: TimeoutOption = 600.0,
) -> None:
    """Bring the clusters back to what they were at a revision of the estate.

    Every release goes back to what it held then, and what came later is deleted. Secrets and custom resource
    definitions stay as they are. The estate file is not changed: until it is, `plan` says what an apply would
    bring back.

    Before anything is touched: all rights that are missing are named as a role to copy, and every cluster
    must be one that can go back. What then goes wrong stops it, and says which clusters are as they were at
    the revision; the same command goes on with the others.

    Exit code 0 done; 3 stopped, or nothing was changed.

    Example: `singlepane rollback 3 -c prod-neu`
    """
    given = asking.asked(estate, cluster)
    apis = given.apis()
    groups = waves(given.estate, given.clusters)
    names = [name for group in groups for name in group.clusters]
    _allowed(given, {name: apis[name] for name in names}, revision)
    targets = asking.targets(given, apis)
    order = Order(asking.me(), version("singlepane"), Path(), {}, timeout)
    by = lock.holder()
    with ExitStack() as locks:
        for name in names:
            locks.enter_context(lock.held(apis[name], by))
        # All of them, before the first is changed.
        entries = {name: back.entry_of(apis[name], revision) for name in names}
        for name in names:
            back.held_at(apis[name], given.estate.name, entries[name])
        newest = max(history.read(apis[name])[0].revision for name in names)
        for index, name in enumerate(names):
            try:
                _one(targets[name], entries[name], order, newest + 1)
            except (SurroundingsError, KeyboardInterrupt) as error:
                raise _stopped(revision, names, index, error) from error
    output.message(f"{', '.join(names)}: as they were at revision {revision}")


def _allowed(given: asking.Asked, apis: Mapping[str, Api], revision: int) -> None:
    """Raises ClusterError with all rights that somebody lacks, of all clusters at once."""

    def needed(name: str) -> Iterable[Right]:
        basic = tuple(rights.to_roll_back(()))
        if rights.missing(apis[name], basic):
            # What was applied then cannot be read: what the file holds now comes nearest.
            return rights.to_roll_back(kinds_of(asking.objects_of(given.renderings()[name])))
        api = apis[name]
        before = back.held_at(api, given.estate.name, back.entry_of(api, revision))
        now = applied(api, name, given.estate.name)
        return rights.to_roll_back(kinds_of([*asking.objects_of(before), *asking.objects_of(now)]))

    asking.granted("rollback", apis, needed)


def _one(target: Target, entry: Entry, order: Order, number: int) -> None:
    """Bring one cluster back, and record it as a new revision where anything had to be done."""
    name = target.api.cluster
    changed = back.rollback(target.api, target.helm, entry, order, partial(asking.said, name))
    if changed:
        record(target.api, entry.hashes, number, order, f"rollback to {entry.revision}")
    asking.said(name, f"as in revision {entry.revision}, {len(changed)} releases changed")


def _stopped(
    revision: int, names: Sequence[str], index: int, error: SurroundingsError | KeyboardInterrupt
) -> RolloutStopped:
    """How every cluster is now, and how to go on."""
    why, remedy = ("interrupted", "")
    if isinstance(error, SurroundingsError):
        why, remedy = error.message, f"{error.remedy}\n" if error.remedy else ""
    rows = [why, f"the rollback to revision {revision} stopped", f"  {names[index]}: perhaps half done"]
    if names[:index]:
        rows.append(f"  as at revision {revision}: {', '.join(names[:index])}")
    if names[index + 1 :]:
        rows.append(f"  not touched: {', '.join(names[index + 1 :])}")
    on = f"Then the same command goes on with {', '.join(names[index:])}; what is done stays done."
    return RolloutStopped("\n".join(rows), f"{remedy}{on}")
