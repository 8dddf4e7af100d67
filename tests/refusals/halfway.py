"""What goes wrong in the middle: what is done by then, what is not, and how to go on."""

from __future__ import annotations

import time
from typing import Any

from deploy import engines
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.history import Entry, write
from deploy.targets.kubernetes.rendering.release import Release
from tests.cluster.api import Object
from tests.refusals.case import Case
from tests.refusals.things import namespace
from tests.refusals.world import World


def release(space: str, size: str) -> Release:
    """One file."""
    made: dict[str, Any] = {"kind": "ConfigMap", "name": "settings", "data": {"size": size}}
    return Release("settings", space, "workload", (made,))


def places(which: str) -> dict[str, str]:
    """Namespace by cluster, of this case alone: what Helm keeps there outlives it."""
    return {"hub-weu": f"hub-{which}", "prod-weu": f"prod-{which}"}


def in_places(which: str) -> dict[str, str]:
    """The change of the estate that says so."""
    return {"namespace: hub,": f"namespace: hub-{which},", "namespace: prod,": f"namespace: prod-{which},"}


def twice(world: World, which: str) -> None:
    """Two revisions of the estate in both clusters, small ones."""
    world.signed_in()
    for cluster, space in places(which).items():
        world.has(namespace(space))
        api = world.server.client(cluster, space)
        helm = Helm(engines.find("helm"), api.access, "shop")
        for number, size in enumerate(("small", "large"), start=1):
            made = release(space, size)
            helm.upgrade(made)
            write(api, Entry(number, time.time(), "tests", "0", {made.name: made.hash}))


def held(world: World) -> None:
    """The same, and in the second cluster somebody holds what would go back."""
    twice(world, "held")
    taken: Object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "prod-held"},
        "data": {"size": "huge"},
    }
    world.server.api.apply(taken)


def gone(world: World) -> None:
    """The same, and in the second cluster somebody has uninstalled the release."""
    twice(world, "gone")
    api = world.server.client("prod-weu", "prod-gone")
    Helm(engines.find("helm"), api.access, "shop").uninstall("settings")


CASES = (
    Case("a rollback whose second cluster refuses", "rollback 1", in_places("held"), held),
    Case("a rollback whose second cluster has nothing to go back to", "rollback 1", in_places("gone"), gone),
)
