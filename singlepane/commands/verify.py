"""`singlepane verify`: does data get from every exporter to the global view, and alerts to their receiver?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from deploy import engines
from deploy.targets.local import client
from deploy.verify import HopResult, Progress, Verification, Waiting, record
from deploy.verify import verify as prove
from deploy.verify.words import counted
from estate.errors import StateFolderError, UsageError
from estate.load import load
from singlepane import output
from singlepane.clusters import ClustersOption, meant
from singlepane.which import EstateArgument, StateOption, state_folder


class Target(StrEnum):
    """Where the estate runs."""

    local = "local"
    kubernetes = "kubernetes"


def verify(
    estate: EstateArgument = None,
    state: StateOption = None,
    timeout: Annotated[
        float,
        typer.Option(min=1, help="Seconds for all of it. A first block needs about 40 s to get through."),
    ] = 180.0,
    format: output.FormatOption = output.Format.text,
    target: Annotated[
        Target, typer.Option(help="Where it runs: on this machine, or in the clusters of the estate.")
    ] = Target.local,
    cluster: ClustersOption = None,
) -> None:
    """Prove the data path of a running estate hop by hop, for each cluster and each replica.

    In clusters the same hops are walked through port-forwards, with the contexts of your kubeconfig, and the
    pods, what tells of nodes and objects, and tokens of workload identity are looked at as well.

    exporter answers -> scraped -> external labels -> visible through sidecar -> block in bucket ->
    served by the store gateway alone -> deduplicated -> rules evaluated -> alert at receiver -> heartbeat.

    A hop whose data needs time is tried again until time is up. Behind a broken hop nothing is tried: the
    first broken one is named, with its cause and what to do. Nothing that runs is changed.

    Exit code 0 when every hop holds, 1 when one does not, 3 when the estate is not up.

    Examples: `singlepane verify`, `singlepane verify estate.yaml --target kubernetes -c prod-weu`
    """
    if target is Target.kubernetes:
        if state is not None:
            raise UsageError("--state is for an estate on this machine", "Leave it out: clusters have none.")
        from singlepane.in_clusters import verified  # noqa: PLC0415 - takes as long as all else here together

        with _shown() as progress:
            verification = verified(estate, cluster, timeout, progress)
    else:
        verification = _here(estate, state, cluster, timeout)
    if format is output.Format.json:
        output.document(verification.document())
    else:
        report(verification)
    if not verification.ok:
        raise typer.Exit(1)


def _here(estate: Path | None, state: Path | None, named: list[str] | None, timeout: float) -> Verification:
    place = state_folder(estate, state)
    deployment = asyncio.run(client.current(place))
    loaded = load(estate or Path(deployment.estate_file))
    clusters = meant(loaded.estate, named)
    with _shown() as progress:
        verification = asyncio.run(
            prove(loaded.estate, deployment, engines.find, timeout, progress, clusters=clusters)
        )
    if named:
        # What is kept speaks of all clusters.
        return verification
    try:
        record(verification, place.path)
    except StateFolderError as error:
        # What was found is still worth saying.
        output.message(f"warning: {error.message}")
    return verification


def report(verification: Verification) -> None:
    """One table for each replica, then the verdict with cause and remedy of the first broken hop."""
    for (cluster, replica), results in groupby(verification.results, lambda r: (r.cluster, r.replica)):
        output.table(
            f"{cluster}, replica {replica}",
            ("HOP", "RESULT", "SECONDS", "SEEN"),
            [(r.hop, _word(r), f"{r.seconds:.1f}" if r.reached else "", _seen(r)) for r in results],
        )
        output.console.print()
    chains = len({(result.cluster, result.replica) for result in verification.results})
    broken = verification.first_broken
    if broken is None:
        late = sum(result.pending for result in verification.results)
        took = f"{verification.seconds:.1f} s" + (f"; {counted(late, 'hop')} not due yet" if late else "")
        output.console.print(
            f"verified: every hop holds for {counted(chains, 'replica')} in {took}"
            if chains
            else "nothing to verify: the estate has no Prometheus"
        )
        return
    output.console.print(
        f"first broken hop: {broken.hop} of {broken.cluster}, replica {broken.replica}", markup=False
    )
    output.console.print(f"  cause:  {broken.cause}", markup=False)
    output.console.print(f"  remedy: {broken.remedy}", markup=False)


def _word(result: HopResult) -> str:
    if result.ok:
        return "pending" if result.pending else "ok"
    return "BROKEN" if result.reached else "not reached"


def _seen(result: HopResult) -> str:
    """What was seen where a hop holds, the cause where it is broken."""
    return result.detail if result.ok else result.cause


@contextmanager
def _shown() -> Iterator[Progress]:
    """Progress on stderr: one line that changes at a terminal, a line for each hop waited for in a pipe."""
    if output.errors.is_terminal:
        with output.errors.status("verifying") as status:

            def show(event: HopResult | Waiting) -> None:
                where = f"{event.cluster}/{event.replica} {event.hop}"
                waits = f" ({event.seconds:.0f} s): {event.cause}" if isinstance(event, Waiting) else ""
                status.update(f"verifying {where}{waits}".replace("[", r"\["))

            yield show
        return
    said: set[tuple[str, int, str]] = set()

    def say(event: HopResult | Waiting) -> None:
        key = (event.cluster, event.replica, event.hop)
        if isinstance(event, Waiting) and key not in said:
            said.add(key)
            output.message(f"waiting: {event.cluster}/{event.replica} {event.hop}: {event.cause}")

    yield say
