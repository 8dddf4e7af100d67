"""What the Prometheus of an installed stack selects.

Source: prometheus-community/helm-charts, values.yaml: `ruleSelectorNilUsesHelmValues` and its like make it
select `release: NAME`; https://prometheus-operator.dev/docs/api-reference/api/ (no selector selects nothing,
an empty one everything).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Installed, Object, Rendered
from estate.problems import Problem
from estate.stacks import selected_by, server_of

SELECTORS = {
    "PrometheusRule": "ruleSelector",
    "ServiceMonitor": "serviceMonitorSelector",
    "PodMonitor": "podMonitorSelector",
}


def stack_selectors(rendered: Rendered, found: Installed) -> Iterator[Problem]:
    """It takes our rules and monitors, by their labels and by our namespace."""
    name = server_of(rendered.estate, rendered.cluster)
    each = found.prometheus(name)
    if each is None:
        return
    path = rendered.path("kubernetes", "stack", "labels")
    labels = selected_by(rendered.estate, rendered.cluster)
    shown = ", ".join(f"{key}={value}" for key, value in labels.items())
    asked: dict[str, list[str]] = {}
    for kind, key in SELECTORS.items():
        own = [row["metadata"].get("labels") or {} for row in rendered.of(kind)]
        selector = each["spec"].get(key)
        if own and not all(_takes(selector, row) for row in own):
            asked.setdefault(_words(selector), []).append(key)
    for words, keys in asked.items():
        who = f"{', '.join(keys)} of Prometheus {name}"
        if not words:
            fix = f"set prometheusSpec.{keys[0]} in the values of the stack"
            yield Problem("stack-selectors", path, f"{who} selects nothing", fix)
            continue
        message = f"{who} selects {words}: ours with {shown} would not be taken"
        yield Problem("stack-selectors", path, message, "write the labels that it selects as stack.labels")
    namespace = (found.namespace or {}).get("metadata", {}).get("labels")
    for key in (each.replace("Selector", "NamespaceSelector") for each in SELECTORS.values()):
        selector = each["spec"].get(key)
        if selector and namespace is not None and not _takes(selector, namespace):
            own_namespace = rendered.row.kubernetes.namespace
            who = f"{key} of Prometheus {name}"
            message = f"{who} selects {_words(selector)}: namespace {own_namespace} is not among them"
            fix = "label the namespace so that it is selected"
            yield Problem("stack-selectors", path, message, fix)


def _takes(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"""
    if selector is None:
        return False
    if not (selector.get("matchLabels") or {}).items() <= labels.items():
        return False
    return all(_holds(row, labels) for row in selector.get("matchExpressions") or ())


def _holds(row: Object, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(row["key"]), row.get("values") or ()
    match row["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case _:
            return value is None


def _words(selector: Mapping[str, Any] | None) -> str:
    """A selector for a reader; empty for one that selects nothing."""
    if selector is None:
        return ""
    rows = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for row in selector.get("matchExpressions") or ():
        values = f" ({', '.join(row['values'])})" if row.get("values") else ""
        rows.append(f"{row['key']} {row['operator']}{values}")
    return ", ".join(rows)
