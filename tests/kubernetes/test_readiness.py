"""When an object is what was asked for, and when waiting does not help."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.targets.kubernetes.rollout.readiness import not_made, refusal, trouble, waiting


def _object(kind: str, status: dict[str, Any], generation: int = 2, **spec: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "a", "generation": generation}, "spec": spec, "status": status}


NEW = {"observedGeneration": 2}
DONE = {**NEW, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
REFUSED = {
    "type": "Reconciled",
    "status": "False",
    "observedGeneration": 2,
    "reason": "StorageClass",
    "message": "none",
}
FAILED = {"conditions": [{"type": "ReplicaFailure", "status": "True"}]}
UNSEEN = "its controller has not looked at it yet"
TRUE = {"status": "True", "observedGeneration": 2}


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (_object("Deployment", DONE, replicas=1), ""),
        (_object("Deployment", {}, replicas=1), UNSEEN),
        (
            _object("Deployment", {**DONE, "observedGeneration": 1}, replicas=1),
            "its controller has not looked at it yet",
        ),
        (_object("Deployment", {**DONE, "availableReplicas": 0}, replicas=1), "0 of 1 pods ready"),
        (_object("Deployment", {**DONE, "replicas": 2}, replicas=1), "1 old pods are left"),
        (
            _object(
                "StatefulSet", {**NEW, "replicas": 2, "readyReplicas": 2, "updatedReplicas": 2}, replicas=2
            ),
            "",
        ),
        (
            _object(
                "StatefulSet",
                {**NEW, "replicas": 2, "readyReplicas": 2, "currentRevision": "a", "updateRevision": "b"},
                replicas=2,
            ),
            "0 of 2 pods ready",
        ),
        (_object("DaemonSet", {**NEW, "desiredNumberScheduled": 0}), ""),
        (_object("Prometheus", {}), "the operator has not looked at it yet"),
        (
            _object(
                "Prometheus",
                {
                    "conditions": [
                        {
                            **TRUE,
                            "type": "Reconciled",
                            "status": "False",
                            "reason": "StorageClass",
                            "message": "none",
                        },
                    ]
                },
            ),
            "StorageClass: none",
        ),
        (
            _object(
                "Prometheus",
                {
                    "conditions": [{**TRUE, "type": "Reconciled"}, {**TRUE, "type": "Available"}],
                    "replicas": 1,
                    "updatedReplicas": 1,
                },
            ),
            "",
        ),
        (_object("Service", {}), ""),
    ],
)
def test_what_is_waited_for(manifest: dict[str, Any], why: str) -> None:
    """By kind and status."""
    assert waiting(manifest) == why


@pytest.mark.parametrize(
    ("manifest", "by", "other"),
    [
        (_object("Deployment", {"replicas": 0}, replicas=1), "a-59d8f7c6b", "a-b-59d8f7c6b"),
        (_object("StatefulSet", {}), "a", "a-b"),
        (_object("DaemonSet", {"desiredNumberScheduled": 1}), "a", "b"),
        (_object("Prometheus", {"replicas": 1}, replicas=2), "prometheus-a", "a"),
        (_object("Alertmanager", {}, replicas=3), "alertmanager-a", "prometheus-a"),
        # Its old pod is there still.
        (_object("Deployment", {**DONE, "updatedReplicas": 0, **FAILED}, replicas=1), "a-7d9f", "b-7d9f"),
    ],
)
def test_why_a_pod_is_not_made(manifest: dict[str, Any], by: str, other: str) -> None:
    """By the newest event of who makes it: what refuses a pod leaves no pod to look at."""
    assert not_made(manifest)

    def event(of: str, time: str, message: str) -> dict[str, Any]:
        return {"involvedObject": {"name": of}, "lastTimestamp": time, "message": message}

    events = [
        event(by, "2026-11-29T12:00:00Z", "an older reason"),
        event(by, "2026-11-29T12:01:00Z", 'pods "a-0" is forbidden: exceeded quota: drill'),
        event(other, "2026-11-29T12:02:00Z", "of another"),
    ]
    assert refusal(manifest["kind"], "a", events) == (
        f'of {manifest["kind"]} a is not made: pods "a-0" is forbidden: exceeded quota: drill'
    )
    assert refusal(manifest["kind"], "a", events[2:]) == ""


def test_pods_that_are_there_tell_themselves() -> None:
    """Then no event is asked for."""
    assert not not_made(_object("Deployment", {"replicas": 1, "availableReplicas": 0}, replicas=1))
    assert not not_made(_object("DaemonSet", {"desiredNumberScheduled": 1, "currentNumberScheduled": 1}))


def test_why_a_pod_cannot_start() -> None:
    """The kubelet's own reason and words; a pod that is merely slow has none."""
    wrong = {"waiting": {"reason": "ErrImagePull", "message": "not found"}}
    pod = {
        "metadata": {"name": "query-1"},
        "status": {"containerStatuses": [{"name": "query", "state": wrong}], "conditions": []},
    }
    assert trouble(pod) == "query-1, container query: ErrImagePull: not found"
    slow = {
        "metadata": {"name": "a"},
        "status": {"containerStatuses": [{"name": "a", "state": {"running": {}}}]},
    }
    assert trouble(slow) == ""
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}
    assert trouble({"metadata": {"name": "a"}, "status": {"conditions": [condition]}}) == (
        "a finds no node: 0/3 nodes are available"
    )
