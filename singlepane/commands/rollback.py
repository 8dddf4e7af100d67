"""`singlepane rollback`: the clusters as they were at a revision of the estate."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from deploy.targets.kubernetes.cluster import history, lock
from deploy.targets.kubernetes.rollout import rollback as back
from deploy.targets.kubernetes.rollout.applying import Order, record
from deploy.targets.kubernetes.rollout.waves import waves
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

    Example: `singlepane rollback 3 -c prod-neu`
    """
    given = asking.asked(estate, cluster)
    targets = asking.targets(given, given.apis())
    order = Order(asking.me(), version("singlepane"), Path(), {}, timeout)
    groups = waves(given.estate, given.clusters)
    names = [name for group in groups for name in group.clusters]
    by = lock.holder()
    with ExitStack() as locks:
        for name in names:
            locks.enter_context(lock.held(targets[name].api, by))
        # All of them, before the first is changed.
        entries = {name: back.entry_of(targets[name].api, revision) for name in names}
        newest = max(history.read(targets[name].api)[0].revision for name in names)
        for name in names:
            api, helm = targets[name].api, targets[name].helm
            changed = back.rollback(api, helm, entries[name], order, partial(asking.said, name))
            if changed:
                note = f"rollback to {entries[name].revision}"
                record(api, entries[name].hashes, newest + 1, order, note)
            asking.said(name, f"as in revision {entries[name].revision}, {len(changed)} releases changed")
    output.message(f"{', '.join(names)}: as they were at revision {revision}")
