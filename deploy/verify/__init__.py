"""Verification: proof that data gets from every exporter to the global view and alerts to their receiver."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from pathlib import Path

import httpx

from deploy.targets.local.way import LOCAL
from deploy.targets.way import Way
from deploy.verify.chain import Walk
from deploy.verify.ground import Ground
from deploy.verify.hops import HOPS
from deploy.verify.record import record
from deploy.verify.replica import replicas
from deploy.verify.results import HopResult, Progress, Verification, Waiting
from estate.model import Estate
from estate.running import Deployment

__all__ = ["HOPS", "HopResult", "Progress", "Verification", "Waiting", "record", "verify"]


def _silent(event: HopResult | Waiting) -> None:
    """No progress is shown."""


async def verify(
    estate: Estate,
    deployment: Deployment,
    engine: Callable[[str], Path],
    timeout: float,  # noqa: ASYNC109 - the verification must end in results, not in TimeoutError
    progress: Progress = _silent,
    way: Way = LOCAL,
    clusters: Collection[str] = (),
) -> Verification:
    """Prove the data path of every cluster and replica, hop by hop, all chains at once.

    `engine` finds a binary by name (`deploy.engines.find`), `timeout` is in seconds for all together, `way`
    is that of the deployment's target, `clusters` are those to verify (without: all). Nothing that runs is
    changed. A hop that does not hold is a value in the result, never an exception.
    """
    started, clock = time.time(), time.monotonic()
    # The addresses are the deployment's own, so a proxy of the surroundings is never meant. Only the Azure
    # simulator speaks TLS, with a CA of its own, and nothing secret is sent to it.
    async with httpx.AsyncClient(trust_env=False, verify=False, follow_redirects=False) as client:  # noqa: S501
        hops = tuple(hop for hop in HOPS if hop.target in ("", deployment.target))
        walk = Walk(Ground(estate, deployment, client, engine, way), hops, clock + timeout, progress)
        wanted = [each for each in replicas(estate, deployment) if not clusters or each.cluster in clusters]
        chains = await asyncio.gather(*(walk.chain(each) for each in wanted))
    return Verification(
        estate=estate.name,
        started=started,
        seconds=time.monotonic() - clock,
        timeout=timeout,
        hops=tuple(hop.name for hop in hops),
        results=tuple(result for chain in chains for result in chain),
    )
