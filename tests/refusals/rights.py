"""Somebody who may not do what a command does: all rights that are missing, as roles to copy."""

from __future__ import annotations

from collections.abc import Callable

from tests.refusals.case import Case
from tests.refusals.things import namespace, rbac
from tests.refusals.world import World

# What an apply needs in the namespace of prod-weu and outside of it, as the message of an apply says it.
NAMESPACED = {
    "": {
        "configmaps services serviceaccounts": "get list create patch update delete",
        "secrets": "get list create patch update delete",
        "pods": "list",
    },
    "apps": {"daemonsets deployments statefulsets": "get list create patch delete"},
    "coordination.k8s.io": {"leases": "get create update"},
    "monitoring.coreos.com": {"* ": "get list create patch delete"},
    "networking.k8s.io": {"networkpolicies": "get list create patch delete"},
    "policy": {"poddisruptionbudgets": "get list create patch delete"},
    "rbac.authorization.k8s.io": {"roles rolebindings": "get list create patch delete"},
}
WIDE = {
    "": {"namespaces": "get create patch"},
    "apiextensions.k8s.io": {"customresourcedefinitions": "list create patch"},
    "rbac.authorization.k8s.io": {"clusterroles clusterrolebindings": "get list create patch delete"},
}


def person(
    within: dict[str, dict[str, str]] | None = None, wide: dict[str, dict[str, str]] | None = None
) -> Callable[[World], None]:
    """Somebody with these rights in `prod` and in the whole cluster, by API group."""

    def before(world: World) -> None:
        world.signed_in(world.server.user("night-shift"))
        world.has(
            namespace("prod"),
            *rbac("night-shift", "prod", within or {}),
            *rbac("night-shift", "", wide or {}),
        )

    return before


def without(rules: dict[str, dict[str, str]], group: str, verb: str) -> dict[str, dict[str, str]]:
    """The same without a verb on what a group has."""
    cut = {
        key: " ".join(word for word in verbs.split() if word != verb) for key, verbs in rules[group].items()
    }
    return {**rules, group: cut}


CASES = (
    Case("a plan by somebody without any right", "plan -c prod-weu", before=person()),
    Case("an apply by somebody without any right", "apply -c prod-weu", before=person()),
    Case(
        "an apply of the hub by somebody who may not ask Query",
        "apply -c hub-weu",
        before=person(NAMESPACED, WIDE),
    ),
    Case(
        "a plan by somebody who may read alone",
        "plan -c prod-weu",
        before=person(wide={"*": {"*": "get list watch"}}),
    ),
    Case(
        "an apply by somebody who may change a namespace and nothing outside",
        "apply -c prod-weu",
        before=person(NAMESPACED),
    ),
    Case(
        "an apply by somebody who may not take the lock",
        "apply -c prod-weu",
        before=person(without(NAMESPACED, "coordination.k8s.io", "create"), WIDE),
    ),
    Case(
        "an apply by somebody who may not delete Deployments",
        "apply -c prod-weu",
        before=person(without(NAMESPACED, "apps", "delete"), WIDE),
    ),
    Case(
        "an apply by somebody who may not grant what the operator needs",
        "apply -c prod-weu --allow storage-class-missing",
        before=person(NAMESPACED, WIDE),
    ),
    Case(
        "Secrets alone, by somebody who may not change them",
        "apply -c prod-weu --secrets-only",
        before=person({**NAMESPACED, "": {"configmaps": "get create update"}}, WIDE),
    ),
    Case("drift, seen by somebody without any right", "drift -c prod-weu", before=person()),
    Case("the history, asked for by somebody without any right", "history -c prod-weu", before=person()),
    Case("a rollback by somebody without any right", "rollback 1 -c prod-weu", before=person()),
    Case("a rollback of both clusters by somebody without any right", "rollback 1", before=person()),
)
