"""Which nodes take a pod, whatever room they have, and why the others do not.

Affinity is not looked at: it only ever narrows.
Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/,
https://kubernetes.io/docs/reference/node/node-status/ (conditions)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Object

# The control plane's own, for what the conditions of a node or its `unschedulable` say in better words.
OF_CONDITIONS = "node.kubernetes.io/"


def turned_away(node: Object, spec: Mapping[str, Any]) -> str:
    """Why a node does not take a pod, in words after its name; empty when it does."""
    if node["spec"].get("unschedulable"):
        return "is cordoned"
    labels = node["metadata"].get("labels") or {}
    for name, value in (spec.get("nodeSelector") or {}).items():
        if labels.get(name) != value:
            return f"has no label {name}={value}"
    taints = [each for each in node["spec"].get("taints") or () if each["effect"] != "PreferNoSchedule"]
    tolerations = spec.get("tolerations") or ()
    for taint in taints:
        if not any(_tolerates(toleration, taint) for toleration in tolerations):
            own = f"has taint {taint['key']}={taint.get('value', '')}:{taint['effect']}"
            return (_not_ready(node) or own) if taint["key"].startswith(OF_CONDITIONS) else own
    return ""


def _not_ready(node: Object) -> str:
    for row in node["status"].get("conditions") or ():
        if row["type"] == "Ready" and row["status"] != "True":
            return f"is not ready: {str(row.get('message', '')).rstrip('.')}".removesuffix(": ")
    return ""


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    same = toleration["key"] == taint["key"]
    return same and (
        toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")
    )
