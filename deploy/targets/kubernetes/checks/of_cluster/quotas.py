"""Quotas.

Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/: a pod over it is not made, and one that
does not say what the quota counts is refused as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_UP, Decimal

from deploy.targets.kubernetes.checks.amount import amount, spoken
from deploy.targets.kubernetes.checks.asking import of_container, of_pod, sum_of
from deploy.targets.kubernetes.checks.inputs import Facts, Object, Rendered, named
from deploy.targets.kubernetes.checks.ours import others_of
from deploy.targets.kubernetes.checks.pods import Pods, pods
from estate.problems import Problem

COUNTED = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")


def quotas(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """All pods fit into what the namespace may use, beside those of others."""
    found = pods(rendered.objects)
    defaults = _defaults(facts)
    namespace = rendered.row.kubernetes.namespace
    others = [each for each in others_of(facts.pods, found) if each["metadata"].get("namespace") == namespace]
    for quota in facts.quotas:
        name = quota["metadata"]["name"]
        if (quota["spec"].get("scopes") or quota["spec"].get("scopeSelector")) is not None:
            continue
        for key, text in (quota["spec"].get("hard") or {}).items():
            resource = {"cpu": "requests.cpu", "memory": "requests.memory"}.get(key, key)
            if resource not in (*COUNTED, "pods"):
                continue
            silent = _silent(found, resource, defaults)
            if silent:
                message = (
                    f"quota {name} counts {resource}, and {silent} does not say it: its pods are refused"
                )
                fix = f"give the namespace a LimitRange with a default for {resource}"
                yield Problem("quota-exceeded", rendered.path("kubernetes", "namespace"), message, fix)
                continue
            asked = _asked(found, resource, len(facts.nodes))
            used = _used(others, resource)
            if asked + used > amount(text):
                message = (
                    f"quota {name} has {text} {resource}: others use {spoken(used, resource)}, and "
                    f"{spoken(asked, resource)} are asked for"
                )
                fix = f"raise it to {spoken(asked + used, resource, ROUND_UP)} or more"
                yield Problem("quota-exceeded", rendered.path("kubernetes", "namespace"), message, fix)


def _defaults(facts: Facts) -> set[str]:
    """Of which resources a LimitRange fills in what a container does not say."""
    filled = set()
    for each in facts.limit_ranges:
        for row in each["spec"].get("limits") or ():
            filled |= {f"limits.{name}" for name in row.get("default") or ()}
            filled |= {
                f"requests.{name}" for key in ("default", "defaultRequest") for name in row.get(key) or ()
            }
    return filled


def _silent(found: tuple[Pods, ...], resource: str, defaults: set[str]) -> str:
    """The first owner with a container that does not say the resource."""
    if resource == "pods" or resource in defaults:
        return ""
    field, name = resource.split(".")
    for each in found:
        if any(name not in of_container(container, field) for container in each.containers()):
            return named(each.owner)
    return ""


def _asked(found: tuple[Pods, ...], resource: str, nodes: int) -> Decimal:
    counts = [(nodes if each.count is None else each.count, each) for each in found]
    if resource == "pods":
        return Decimal(sum(count for count, _ in counts))
    field, name = resource.split(".")
    return sum((count * of_pod(each.spec, field).get(name, Decimal(0)) for count, each in counts), Decimal(0))


def _used(others: list[Object], resource: str) -> Decimal:
    if resource == "pods":
        return Decimal(len(others))
    field, name = resource.split(".")
    return sum_of(of_pod(each["spec"], field) for each in others).get(name, Decimal(0))
