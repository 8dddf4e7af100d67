"""Kubeconfigs that lead nowhere: said before anything is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from tests.refusals.case import Case
from tests.refusals.world import World

PLAN = "history -c prod-weu"
ROW = "namespace: prod, "
HUB = {"name": "hub-weu", "context": {"cluster": "hub-weu", "user": "me"}}
SERVED = {"name": "hub-weu", "cluster": {"server": "https://127.0.0.1:1"}}


def document(**changes: Any) -> dict[str, Any]:
    """A kubeconfig of two clusters that nobody serves, with changes at its top."""
    rows = ("hub-weu", "prod-weu")
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": row, "cluster": {"server": "https://127.0.0.1:1"}} for row in rows],
        "users": [{"name": "me", "user": {"token": "made-up"}}],
        "contexts": [{"name": row, "context": {"cluster": row, "user": "me"}} for row in rows],
        **changes,
    }


def config(text: str | None = None, **changes: Any) -> Callable[[World], None]:
    """With that text as the kubeconfig, or with the document above and changes."""
    content = yaml.safe_dump(document(**changes)) if text is None else text
    return lambda world: world.file("kubeconfig", content)


def with_row(**context: str) -> list[dict[str, Any]]:
    """The hub's context, and another one of prod-weu."""
    return [HUB, {"name": "prod-weu", "context": context}]


def user(**row: Any) -> Callable[[World], None]:
    """With somebody who signs in so."""
    return config(users=[{"name": "me", "user": row}])


def elsewhere(kubeconfig: str) -> Callable[[World], None]:
    """With another $KUBECONFIG."""

    def before(world: World) -> None:
        world.file("kubeconfig", yaml.safe_dump(document()))
        world.environment["KUBECONFIG"] = kubeconfig

    return before


def plugin(command: str, **more: Any) -> Callable[[World], None]:
    """With an exec plug-in such as kubelogin."""
    version = "client.authentication.k8s.io/v1beta1"
    return user(exec={"apiVersion": version, "command": command, "interactiveMode": "Never", **more})


CASES = (
    Case("a context that is misspelt", PLAN, {ROW: f"{ROW}context: prd-weu, "}, config()),
    Case("a context that is nothing like those there are", PLAN, {ROW: f"{ROW}context: aks-7, "}, config()),
    Case("no contexts at all", PLAN, {}, config(contexts=[])),
    Case("a kubeconfig that is not there", PLAN, {}, elsewhere("none")),
    Case("one of several kubeconfigs that is not there", PLAN, {}, elsewhere("kubeconfig:none")),
    Case(
        "a kubeconfig of the estate that is not there",
        PLAN,
        {ROW: f"{ROW}kubeconfig: keys/prod, "},
        config(),
    ),
    Case("an empty kubeconfig", PLAN, {}, config("")),
    Case("a kubeconfig that is no YAML", PLAN, {}, config("clusters: [\n")),
    Case("a kubeconfig that is a list", PLAN, {}, config("- a\n- b\n")),
    Case("a kubeconfig that is a folder", PLAN, {}, elsewhere(".")),
    Case("contexts that are no list", PLAN, {}, config(contexts="prod-weu")),
    Case(
        "a context of a cluster that is not there",
        PLAN,
        {},
        config(contexts=with_row(cluster="gone", user="me")),
    ),
    Case(
        "a context of a user that is not there",
        PLAN,
        {},
        config(contexts=with_row(cluster="prod-weu", user="gone")),
    ),
    Case("a context that says nothing", PLAN, {}, config(contexts=[HUB, {"name": "prod-weu"}])),
    Case(
        "a cluster without a server", PLAN, {}, config(clusters=[SERVED, {"name": "prod-weu", "cluster": {}}])
    ),
    Case(
        "a certificate file that is not there",
        PLAN,
        {},
        user(**{"client-certificate": "none.crt", "client-key": "none.key"}),
    ),
    Case("an exec plug-in that is not installed", PLAN, {}, plugin("kubelogin-that-is-not-there")),
    Case("an exec plug-in that fails", PLAN, {}, plugin("false")),
    Case("an exec plug-in that says something else", PLAN, {}, plugin("echo", args=["signed in"])),
    Case("nobody at the address", PLAN, {}, config()),
    Case(
        "an address that is none",
        PLAN,
        {},
        config(clusters=[SERVED, {"name": "prod-weu", "cluster": {"server": "prod-weu:6443"}}]),
    ),
)
