"""Verification of an estate in its clusters, apart from `verify`: the Kubernetes client is slow to load."""

from __future__ import annotations

import asyncio
from pathlib import Path

from deploy import engines
from deploy.cluster_wiring import cluster_components
from deploy.targets.kubernetes.running.clusters import Clusters
from deploy.verify import Progress, Verification
from deploy.verify import verify as prove
from singlepane import asking, output
from singlepane.which import estate_file


def verified(
    estate: Path | None, named: list[str] | None, timeout: float, progress: Progress
) -> Verification:
    """Verify the named clusters, or all; what cannot be asked is said as a warning.

    Raises UsageError, EstateInvalid, and ClusterError where no cluster can be asked.
    """
    given = asking.asked(estate, named)
    # The hub is among them in any case: every data path ends there.
    apis = given.apis()
    file = str(estate_file(estate))
    with Clusters(given.estate, file, cluster_components(given.estate), apis) as up:
        deployment = up.deployment()
        for warning in deployment.warnings:
            output.message(f"warning: {warning}")
        return asyncio.run(
            prove(given.estate, deployment, engines.find, timeout, progress, up.way(), given.clusters)
        )
