"""A component as its pods are. Pure.

Contract: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from deploy.targets.kubernetes.objects import names
from deploy.targets.kubernetes.rollout.readiness import STUCK
from estate.components import Component
from estate.running import Running, State

Pod = Mapping[str, Any]
# What no new start heals.
_STUCK = STUCK - {"CrashLoopBackOff"}
# What the webhook of workload identity adds to a pod.
TOKEN_VOLUME = "azure-identity-token"  # noqa: S105 - the name of a volume
TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 - the name of a variable
_ORDER: tuple[State, ...] = ("failed", "stopped", "backoff", "waiting", "starting", "ready")


def container_of(component: Component) -> str:
    """The container in which a component runs."""
    return "thanos-sidecar" if component.kind == "sidecar" else component.kind


def pods_of(component: Component, pods: Iterable[Pod], server: str = "") -> list[Pod]:
    """The pods of a component that are not on their way out, a ready one first.

    `server` is the Prometheus object of its cluster; ours has the cluster's name.
    """
    if component.kind in names.OPERATED:
        own = [pod for pod in pods if pod["metadata"]["name"] == names.pod(component, server)]
    else:
        wanted = names.selector(component).items()
        own = [pod for pod in pods if wanted <= (pod["metadata"].get("labels") or {}).items()]
    living = [pod for pod in own if not pod["metadata"].get("deletionTimestamp") and not _over(pod)]
    container = container_of(component)
    return sorted(living or own, key=lambda pod: _state(pod, container)[0] != "ready")


def running(component: Component, pods: Sequence[Pod], addresses: Mapping[str, str]) -> Running:
    """What `pods_of` gave, as one row: the state of the worst of them."""
    container = container_of(component)
    states = [_state(pod, container) for pod in pods]
    state, error = min(
        states, key=lambda each: _ORDER.index(each[0]), default=("stopped", "it has no pod in the cluster")
    )
    ready = sum(each == "ready" for each, _ in states)
    statuses = [status for pod in pods if (status := _status(pod, container))]
    begun = [_moment(each["state"]["running"]["startedAt"]) for each in statuses if _runs(each)]
    return Running(
        name=component.name,
        kind=component.kind,
        cluster=component.cluster,
        state=state,
        replica=component.replica,
        addresses=addresses,
        restarts=sum(each.get("restartCount", 0) for each in statuses),
        since=max(begun, default=0.0),
        last_error=error,
        note=f"{ready} of {len(pods)} pods ready" if len(pods) > 1 else "",
    )


def tokenless(pod: Pod) -> bool:
    """Whether the webhook of workload identity has not given a pod its token."""
    spec = pod["spec"]
    volumes = {volume["name"] for volume in spec.get("volumes") or ()}
    variables = {
        variable["name"] for container in spec["containers"] for variable in container.get("env") or ()
    }
    return TOKEN_VOLUME not in volumes or TOKEN_FILE not in variables


def _over(pod: Pod) -> bool:
    """Evicted pods and the like stay for people to see; others took their place."""
    return (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded")


def _status(pod: Pod, container: str) -> Mapping[str, Any] | None:
    rows = (pod.get("status") or {}).get("containerStatuses") or ()
    return next((row for row in rows if row["name"] == container), None)


def _runs(status: Mapping[str, Any]) -> bool:
    return "running" in (status.get("state") or {})


def _state(pod: Pod, container: str) -> tuple[State, str]:
    """The state of a component in one pod, and why it is not ready."""
    name = pod["metadata"]["name"]
    if pod["metadata"].get("deletionTimestamp"):
        return "stopped", f"{name} is being ended"
    status = pod.get("status") or {}
    if _over(pod):
        return (
            "failed",
            f"{name}: {status.get('reason') or status['phase']}: {status.get('message', '')}".strip(": "),
        )
    for row in status.get("initContainerStatuses") or ():
        if waits := _waits(name, row):
            return waits
    row = _status(pod, container)
    if row is None:
        for condition in status.get("conditions") or ():
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                return "waiting", f"{name} finds no node: {condition.get('message', '')}".strip(": ")
        return "waiting", f"{name} has not begun"
    if waits := _waits(name, row):
        return waits
    if not _runs(row):
        return "starting", f"{name} has not begun"
    if not row.get("ready"):
        return "starting", f"{name} runs and is not ready"
    return "ready", ""


def _waits(name: str, row: Mapping[str, Any]) -> tuple[State, str] | None:
    """Why a container waits for more than its turn, or None."""
    waiting = (row.get("state") or {}).get("waiting") or {}
    reason, message = waiting.get("reason", ""), waiting.get("message", "")
    where = f"{name}, container {row['name']}"
    if reason in _STUCK:
        return "failed", f"{where}: {reason}: {message}".strip(": ")
    if reason == "CrashLoopBackOff":
        last = (row.get("lastState") or {}).get("terminated") or {}
        ended = (
            f", {last.get('reason', 'it')} with exit code {last['exitCode']}" if "exitCode" in last else ""
        )
        return "backoff", f"{where}: {reason}{ended}"
    return None


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
