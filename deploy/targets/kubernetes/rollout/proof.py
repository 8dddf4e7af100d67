"""That the data of a cluster gets to the global view: what its servers say of themselves is seen there."""

from __future__ import annotations

import time
from collections.abc import Iterable

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.rollout import gates
from deploy.targets.kubernetes.rollout.waiting import Say
from estate.errors import ClusterError, RolloutStopped
from estate.model import Estate

POLL_SECONDS = 5.0


def seen(hub: Api, estate: Estate, clusters: Iterable[str], timeout: float, say: Say) -> None:
    """Wait until the global query shows every replica of these clusters, scraped a moment ago.

    Raises RolloutStopped with the replicas that it does not show.
    """
    wanted = {
        f"prometheus-{cluster}-{replica}"
        for cluster in clusters
        for replica in range(estate.clusters[cluster].prometheus.replicas)
    }
    query = 'up{job="prometheus"} == 1'
    end = time.monotonic() + timeout
    told = ""
    while True:
        try:
            there = {
                row["metric"].get("component", "") for row in gates.ask(hub, query, dedup=False, partial=True)
            }
            missing = sorted(wanted - there)
            why = f"the global query does not show {', '.join(missing)}" if missing else ""
        except ClusterError as error:
            why = error.message
        if not why:
            return
        if why != told:
            say(why)
            told = why
        if time.monotonic() > end:
            raise RolloutStopped(
                f"{why} after {timeout:g} s",
                "Does the hub reach the address of that cluster's load balancer? `singlepane verify` follows "
                "the data hop by hop.",
            )
        time.sleep(POLL_SECONDS)
