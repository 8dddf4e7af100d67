"""`singlepane apply`: bring the clusters to what the estate says, wave by wave."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Annotated

import typer

from deploy.targets import secrets
from deploy.targets.kubernetes.changes import consequences
from deploy.targets.kubernetes.changes.planning import Apart, ClusterPlan
from deploy.targets.kubernetes.checks.of_cluster import REFUSED
from deploy.targets.kubernetes.cluster import definitions
from deploy.targets.kubernetes.rollout import proof
from deploy.targets.kubernetes.rollout.applying import Order
from deploy.targets.kubernetes.rollout.rollout import Rollout, roll_out
from deploy.targets.kubernetes.rollout.waves import waves
from estate.errors import ClusterError, RolloutStopped, UsageError
from estate.findings import Finding
from estate.suggest import nearest
from singlepane import asking, output, shown_plan
from singlepane.clusters import ClustersOption
from singlepane.which import EstateArgument

AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        help="Allow what is lost with changes of this code, such as `stream-cut`, or what a cluster as it is "
        "would refuse, such as `node-capacity`; repeat it for more.",
        show_default=False,
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option(min=10, help="Seconds for all pods of a cluster to become ready."),
]


def apply(
    estate: EstateArgument = None,
    cluster: ClustersOption = None,
    allow: AllowOption = None,
    take_over: Annotated[
        bool,
        typer.Option(
            "--take-over", help="Make objects of other owners and fields of other managers our own."
        ),
    ] = False,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="When it stops, leave its wave as it is; it is not rolled back."),
    ] = False,
    secrets_only: Annotated[
        bool,
        typer.Option(
            "--secrets-only", help="Apply definitions and Secrets alone; Argo CD applies the releases."
        ),
    ] = False,
    timeout: TimeoutOption = 600.0,
) -> None:
    """Bring the clusters to what the estate says: the hub first, then wave by wave.

    After each wave the data of its clusters must be seen in the global view, and the gates of the estate must
    be open. What goes wrong stops the roll-out: the wave goes back to the revision before, later waves are
    not touched. The same command again goes on where it ended; with nothing to do it changes nothing.

    Before anything is touched: all rights that are missing are named as a role to copy; what `plan` says is
    lost, and what it says a cluster as it is would refuse, needs --allow.

    Secrets are read here (`env:` and `file:`) and applied by themselves: no release holds one.

    Exit code 0 done; 1 something would be lost or refused that --allow does not name; 3 stopped.

    Examples: `singlepane apply estate.yaml`, `singlepane apply -c prod-neu --allow stream-cut`
    """
    given, let = asking.asked(estate, cluster), _codes(allow or ())
    renderings = asking.checked(given)
    values = secrets.read(asking.references(renderings), os.environ, given.base)
    apis = given.apis()
    asking.allowed(given, renderings, apis, secrets_only)
    asking.adopted(given, renderings, apis)
    operator = asking.built("prometheus_operator")
    targets = asking.targets(given, apis)
    plans: Sequence[ClusterPlan] = ()
    if not secrets_only:
        found = asking.compared(given, renderings, apis, Apart(definitions.wanted(operator), values))
        plans = found.plans
        _check(plans, found.findings, let, take_over)
    order = Order(
        by=asking.me(),
        version=version("singlepane"),
        operator=operator,
        secrets=values,
        timeout=timeout,
        take_over=take_over,
        secrets_only=secrets_only,
        recreate=frozenset(
            (each.cluster, change.name)
            for each in plans
            for change in each.changes
            if change.action == "recreate"
        ),
        differing=frozenset((each.cluster, change.release) for each in plans for change in each.changes),
    )
    hub = apis[given.estate.hub]

    def prove(clusters: tuple[str, ...]) -> None:
        for name in clusters:
            say = partial(asking.said, name)
            proof.seen(hub, given.estate, (name,), timeout, say)
            say("its data is seen in the global view")

    rollout = Rollout(given.estate, targets, renderings, order, asking.said, prove, keep)
    try:
        revision = roll_out(rollout, waves(given.estate, given.clusters))
    except KeyboardInterrupt:
        raise RolloutStopped(
            f"interrupted; changed and proven: {', '.join(rollout.done) or 'nothing'}",
            "The same command goes on from here; `singlepane plan` says what is left.",
        ) from None
    output.message(f"{', '.join(given.clusters)}: as the estate says, revision {revision}")


def _codes(words: Sequence[str]) -> set[str]:
    """What --allow names. Raises UsageError for a code that there is not."""
    known = (*consequences.CODES, *REFUSED)
    for word in words:
        if word not in known:
            raise UsageError(f"--allow {word}: there is no such code", nearest(word, known, "There are"))
    return set(words)


def _check(
    plans: Sequence[ClusterPlan], found: Sequence[Finding], allowed: set[str], take_over: bool
) -> None:
    """Nothing is begun that cannot be finished, or that loses what nobody allowed."""
    for line in shown_plan.text(each for each in plans if each.unknown or each.changes):
        output.message(line)
    asking.known(plans)
    refused = [change for each in plans for change in each.changes if change.refused]
    if refused:
        first = refused[0]
        raise ClusterError(
            f"nothing was changed: {first.kind} {first.name}{_more(refused)} would be refused: "
            f"{first.refused}",
            first.remedy,
        )
    held = [(each.cluster, change) for each in plans for change in each.changes if change.owners]
    if held and not take_over:
        cluster, first = held[0]
        raise ClusterError(
            f"nothing was changed: others hold {first.kind} {first.name} of {cluster}{_more(held)}: "
            f"{first.owners[0]}",
            first.remedy or "Take it out there, or make it ours with --take-over.",
        )
    lost = {danger.code for each in plans for danger in each.dangers} - allowed
    against = {row.code for row in found if row.severity == "error"} - allowed
    if lost or against:
        whys = ["something would be lost"] if lost else []
        whys += ["a cluster as it is would refuse something"] if against else []
        flags = " ".join(f"--allow {code}" for code in sorted(lost | against))
        output.failure(
            f"{' and '.join(whys)}: nothing was changed", f"Mend what stands above. If it is meant: {flags}"
        )
        raise typer.Exit(1)


def _more(rows: Sequence[object]) -> str:
    return f" and {len(rows) - 1} objects more" if len(rows) > 1 else ""
