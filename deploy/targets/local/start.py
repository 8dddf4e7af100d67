"""From components to a supervisor that runs them: what `singlepane up` does after the estate is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.targets import secrets
from deploy.targets.local import client, marks, ports, resolve
from deploy.targets.local.changes import Changes
from deploy.targets.local.client import Line, Watch
from deploy.targets.local.errand import Errand
from deploy.targets.local.folder import StateFolder
from deploy.targets.local.launch import Launch
from deploy.targets.local.patience import Patience
from deploy.targets.local.resolve import Argv
from estate.components import Component
from estate.running import Deployment


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to run.

    `estate_file` is absolute; `base` is the first port, None for the usual one or that of what runs.
    """

    folder: StateFolder
    estate_file: Path
    components: Sequence[Component]
    argv: Argv
    base: int | None = None
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Started:
    """`line` is open. `before` is what ran before, None if we started the supervisor."""

    line: Line
    estate_file: Path
    launches: tuple[Launch, ...]
    before: Deployment | None


async def start(wish: Wish, say: Callable[[str], None]) -> Started:
    """A supervisor for the wish: the one that runs already, or a new one. `apply` is still to be asked of it.

    Nothing runs when it raises: PortTaken with all taken ports, StateFolderError, SurroundingsError
    (secrets), UsageError (port range).
    """
    found = await client.begin(wish.folder)
    if isinstance(found, Line):
        # One that was started a moment ago does not know yet what it runs, and where.
        await found.until_it_runs()
        before = found.deployment
        return Started(found, wish.estate_file, _launches(wish, before), before)
    try:
        if count := marks.end_all(wish.folder.id):
            say(f"ended {count} processes that an earlier run left behind")
        launches = _launches(wish, None)
    except BaseException:
        os.close(found)
        raise
    errand = Errand(wish.folder, wish.patience)
    return Started(await client.start(errand, found), wish.estate_file, launches, None)


async def apply(started: Started, watch: Watch) -> Changes:
    """Make the launches what runs; returns what it changed, when all are ready.

    Raises ComponentFailed and SurroundingsError.
    """
    documents = [launch.document() for launch in started.launches]
    answer = await started.line.ask("apply", watch, estate_file=str(started.estate_file), launches=documents)
    return Changes.from_document(answer["changes"])


def _launches(wish: Wish, before: Deployment | None) -> tuple[Launch, ...]:
    kept = (
        {
            row.name: {name: int(address.rpartition(":")[2]) for name, address in row.addresses.items()}
            for row in before.components
        }
        if before
        else {}
    )
    own = {number for row in kept.values() for number in row.values()}
    # Whoever names a base wants the ports there, even if that restarts everything. What is new in a running
    # estate stands with the rest of it: from the usual base on, others may run.
    base = wish.base or min(own, default=ports.BASE)
    assigned = ports.assign(wish.components, base, {} if wish.base else kept)
    ports.check(
        {
            component: {name: number for name, number in row.items() if number not in own}
            for component, row in assigned.items()
        }
    )
    values = secrets.read(secrets.references(wish.components), os.environ, wish.estate_file.parent)
    return resolve.launches(wish.components, resolve.Place(wish.folder, assigned, values), wish.argv)
