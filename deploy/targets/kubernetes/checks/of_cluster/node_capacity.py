"""Room on nodes.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/ (requests, allocatable),
https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from deploy.targets.kubernetes.checks.amount import amount, spoken
from deploy.targets.kubernetes.checks.asking import of_pod, sum_of
from deploy.targets.kubernetes.checks.inputs import Facts, Object, Rendered, named
from deploy.targets.kubernetes.checks.ours import others_of
from deploy.targets.kubernetes.checks.pods import Pods, pods
from estate.problems import Problem

COUNTED = ("cpu", "memory")
Left = dict[str, Decimal]


def node_capacity(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """Every pod fits on some node, and all of them together on all nodes."""
    if not facts.nodes:
        return
    found = pods(rendered.objects)
    left = _left(facts, found)
    path = rendered.path("prometheus")
    for each in found:
        takes = [room for node, room in left if _takes(node, each.spec)]
        asked = of_pod(each.spec)
        if each.count and not any(_fits(asked, room) for room in takes):
            most = max(takes, key=lambda room: (room["memory"], room["cpu"]), default=None)
            why = f"the node with most left has {_words(most)}" if most else "no node takes it"
            message = f"a pod of {named(each.owner)} asks for {_words(asked)}, and {why}"
            yield Problem(
                "node-capacity", path, message, "use larger nodes, or fewer series for a Prometheus"
            )
    whole = sum_of(
        {name: value * (each.count or 0) for name, value in of_pod(each.spec).items()} for each in found
    )
    room = sum_of(each for _, each in left)
    for name in COUNTED:
        if whole.get(name, Decimal(0)) > room.get(name, Decimal(0)):
            message = (
                f"all pods ask for {spoken(whole[name], name)} {name}, and all {len(left)} nodes have "
                f"{spoken(room.get(name, Decimal(0)), name)} left"
            )
            yield Problem("node-capacity", path, message, "add nodes")


def _left(facts: Facts, found: tuple[Pods, ...]) -> list[tuple[Object, Left]]:
    """What each node that takes pods has left, once one pod of each DaemonSet is there."""
    others = others_of(facts.pods, found)
    left = []
    for node in facts.nodes:
        if node["spec"].get("unschedulable"):
            continue
        name = node["metadata"]["name"]
        there = [of_pod(each["spec"]) for each in others if each["spec"].get("nodeName") == name]
        there += [of_pod(each.spec) for each in found if each.count is None and _takes(node, each.spec)]
        used = sum_of(there)
        has = node["status"]["allocatable"]
        left.append((node, {key: amount(has[key]) - used.get(key, Decimal(0)) for key in COUNTED}))
    return left


def _takes(node: Object, spec: Mapping[str, Any]) -> bool:
    """Whether taints and labels let a pod onto a node. Affinity is not looked at: it only ever narrows."""
    labels = node["metadata"].get("labels") or {}
    wanted = spec.get("nodeSelector") or {}
    taints = [each for each in node["spec"].get("taints") or () if each["effect"] != "PreferNoSchedule"]
    tolerations = spec.get("tolerations") or ()
    return all(labels.get(name) == value for name, value in wanted.items()) and all(
        any(_tolerates(toleration, taint) for toleration in tolerations) for taint in taints
    )


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    same = toleration["key"] == taint["key"]
    return same and (
        toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")
    )


def _fits(asked: Mapping[str, Decimal], room: Left) -> bool:
    return all(asked.get(name, Decimal(0)) <= room[name] for name in COUNTED)


def _words(amounts: Mapping[str, Decimal]) -> str:
    return " and ".join(f"{spoken(amounts.get(name, Decimal(0)), name)} {name}" for name in COUNTED)
