"""In clusters: Prometheus scrapes what tells of nodes, of containers and of objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.words import counted
from estate.stacks import adopted

# Jobs, and why each may have no target.
JOBS: Mapping[str, str] = {
    "kubelet": "prometheus-operator keeps the Service `kubelet` in kube-system, from which targets come",
    "cadvisor": "prometheus-operator keeps the Service `kubelet` in kube-system, from which targets come",
    "kube-state-metrics": "it has a pod and a Service of its own",
}


STACK_SAYS = "The values of the installed stack say what it watches: `kubelet` and `kubeStateMetrics`."


async def prove(ground: Ground, replica: Replica) -> str:
    """Each job has a target, and all of them are up."""
    data, _ = await ground.data(replica.prometheus, "/api/v1/targets", {"state": "active"})
    targets: list[Mapping[str, Any]] = data["activeTargets"]
    seen = []
    installed = adopted(ground.estate, replica.cluster)
    for job, comes_from in JOBS.items():
        if installed and job == "cadvisor":
            # An installed stack has one job for kubelets and their containers.
            continue
        own = [target for target in targets if target["labels"].get("job") == job]
        if not own:
            operator = f"prometheus-operator-{replica.cluster}"
            remedy = f"See with `singlepane logs {operator}`: {comes_from}."
            raise Broken(
                f"{replica.prometheus} has no target of the job {job}", STACK_SAYS if installed else remedy
            )
        for target in own:
            if target["health"] != "up":
                raise Broken(
                    f"{replica.prometheus} cannot scrape {job} at {target['scrapeUrl']}: "
                    f"{target['lastError'] or 'not yet scraped'}",
                    _remedy(target["lastError"]),
                )
        seen.append(counted(len(own), job))
    return ", ".join(seen)


def _remedy(error: str) -> str:
    if "401" in error or "403" in error:
        return "The ClusterRole of Prometheus must allow `get` on nodes/metrics: run `singlepane up` again."
    return "A network policy or a firewall of the nodes may stand in between: port 10250 is the kubelet's."


HOP = Hop(
    name="cluster-observed",
    proves="Each Prometheus has the kubelets, their containers and the state of objects as targets, all up.",
    scope="replica",
    patience=90,
    prove=prove,
    target="kubernetes",
)
