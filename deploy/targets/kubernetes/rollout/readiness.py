"""Whether an object has become what was asked for, by what its status says. Pure.

Contract: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status,
prometheus-operator's conditions (Available, Reconciled).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Manifest = Mapping[str, Any]
WAITED_FOR = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Prometheus", "Alertmanager"})


def waiting(manifest: Manifest) -> str:
    """What it waits for, or nothing when it is as asked."""
    status = manifest.get("status") or {}
    seen, asked = status.get("observedGeneration", 0), manifest["metadata"].get("generation", 0)
    match manifest["kind"]:
        case "Deployment":
            wanted = manifest["spec"].get("replicas", 1)
            counted = min(status.get("updatedReplicas", 0), status.get("availableReplicas", 0))
            # An old pod that is still there means that the new one is not trusted yet.
            old = status.get("replicas", 0) - status.get("updatedReplicas", 0)
            return _missing(counted, wanted, seen, asked) or (f"{old} old pods are left" if old > 0 else "")
        case "StatefulSet":
            wanted = manifest["spec"].get("replicas", 1)
            updated = status.get("updatedReplicas", 0)
            if status.get("currentRevision") == status.get("updateRevision"):
                updated = status.get("replicas", 0)
            return _missing(min(updated, status.get("readyReplicas", 0)), wanted, seen, asked)
        case "DaemonSet":
            wanted = status.get("desiredNumberScheduled", 0)
            counted = min(status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0))
            return _missing(counted, wanted, seen, asked)
        case "Prometheus" | "Alertmanager":
            return _operated(status, asked)
    return ""


def not_made(manifest: Manifest) -> bool:
    """Whether pods of it are not even made, so that no pod can tell why.

    While a Deployment keeps its old pods, only its condition says that new ones are refused.
    """
    status = manifest.get("status") or {}
    rows = status.get("conditions") or ()
    if any(row["type"] == "ReplicaFailure" and row["status"] == "True" for row in rows):
        return True
    if manifest["kind"] == "DaemonSet":
        return bool(status.get("currentNumberScheduled", 0) < status.get("desiredNumberScheduled", 0))
    return bool(status.get("replicas", 0) < manifest["spec"].get("replicas", 1))


def refusal(kind: str, name: str, events: Iterable[Manifest]) -> str:
    """Why the pods of an object are not made, by the newest event of who makes them; or nothing."""
    pattern = {
        "Deployment": rf"{re.escape(name)}-[0-9a-z]+",
        "Prometheus": rf"prometheus-{re.escape(name)}",
        "Alertmanager": rf"alertmanager-{re.escape(name)}",
    }.get(kind, re.escape(name))
    found = [each for each in events if re.fullmatch(pattern, each["involvedObject"]["name"])]
    newest = max(found, key=lambda each: each.get("lastTimestamp") or "", default=None)
    return f"of {kind} {name} is not made: {newest['message']}" if newest else ""


def _missing(counted: int, wanted: int, seen: int, asked: int) -> str:
    if seen < asked:
        return "its controller has not looked at it yet"
    return "" if counted >= wanted else f"{counted} of {wanted} pods ready"


def _operated(status: Mapping[str, Any], asked: int) -> str:
    rows = {row["type"]: row for row in status.get("conditions", ())}
    for name in ("Reconciled", "Available"):
        row = rows.get(name)
        if row is None or row.get("observedGeneration", 0) < asked:
            return "the operator has not looked at it yet"
        if row["status"] != "True":
            return f"{row.get('reason', name)}: {row.get('message', '')}".strip(": ")
    updated, replicas = status.get("updatedReplicas", 0), status.get("replicas", 0)
    return "" if updated >= replicas else f"{updated} of {replicas} pods updated"


def trouble(pod: Manifest) -> str:
    """Why a pod cannot start, as far as waiting will not help: a wrong image, a configuration, no node."""
    status = pod.get("status") or {}
    name = pod["metadata"]["name"]
    for row in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
        state = (row.get("state") or {}).get("waiting") or {}
        if state.get("reason") in STUCK:
            last = (row.get("lastState") or {}).get("terminated") or {}
            ended = f", ended with {last['exitCode']}" if "exitCode" in last else ""
            said = state.get("message") or ""
            return f"{name}, container {row['name']}: {state['reason']}{ended}: {said}".strip(": ")
    for row in status.get("conditions", ()):
        if row["type"] == "PodScheduled" and row["status"] == "False":
            return f"{name} finds no node: {row.get('message', '')}"
    return ""


# Reasons for which a container waits in vain.
STUCK = frozenset(
    {
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
    }
)
