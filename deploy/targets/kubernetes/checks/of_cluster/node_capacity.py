"""Room on nodes.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/ (requests, allocatable)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from deploy.targets.kubernetes.checks.amount import amount, spoken
from deploy.targets.kubernetes.checks.asking import of_pod, sum_of
from deploy.targets.kubernetes.checks.inputs import Facts, Object, Rendered, named
from deploy.targets.kubernetes.checks.ours import others_of
from deploy.targets.kubernetes.checks.places import turned_away
from deploy.targets.kubernetes.checks.pods import Pods, pods
from estate.problems import Problem

COUNTED = ("cpu", "memory")
# Nodes named where none takes a pod.
NAMED = 3
Left = dict[str, Decimal]


def node_capacity(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """Every pod fits on some node, and all of them together on all nodes."""
    if not facts.nodes:
        return
    found = pods(rendered.objects)
    left = _left(facts, found)
    path = rendered.path("prometheus")
    for each in found:
        takes = [room for node, room in left if not turned_away(node, each.spec)]
        asked = of_pod(each.spec)
        if each.count and not any(_fits(asked, room) for room in takes):
            most = max(takes, key=lambda room: (room["memory"], room["cpu"]), default=None)
            if most:
                why = f"the node with most left has {_words(most)}"
                fix = "use larger nodes, or fewer series for a Prometheus"
            else:
                why = f"no node takes it: {_turned_away(facts, each)}"
                fix = "bring back the node, or add one that takes it"
            message = f"a pod of {named(each.owner)} asks for {_words(asked)}, and {why}"
            yield Problem("node-capacity", path, message, fix)
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
        there += [
            of_pod(each.spec) for each in found if each.count is None and not turned_away(node, each.spec)
        ]
        used = sum_of(there)
        has = node["status"]["allocatable"]
        left.append((node, {key: amount(has[key]) - used.get(key, Decimal(0)) for key in COUNTED}))
    return left


def _turned_away(facts: Facts, found: Pods) -> str:
    rows = [f"{node['metadata']['name']} {turned_away(node, found.spec)}" for node in facts.nodes]
    more = len(rows) - NAMED
    return "; ".join(rows[:NAMED]) + (f"; and {more} more" if more > 0 else "")


def _fits(asked: Mapping[str, Decimal], room: Left) -> bool:
    return all(asked.get(name, Decimal(0)) <= room[name] for name in COUNTED)


def _words(amounts: Mapping[str, Decimal]) -> str:
    return " and ".join(f"{spoken(amounts.get(name, Decimal(0)), name)} {name}" for name in COUNTED)
