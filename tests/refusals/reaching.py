"""API servers that do not answer as they should: another authority, no valid sign-in, no TLS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from tests.refusals.case import Case
from tests.refusals.kubeconfigs import document
from tests.refusals.world import World


def signed_in(**user: str) -> Callable[[World], None]:
    """With another way to sign in than a certificate."""
    return lambda world: world.signed_in(user)


def served(server: str = "", **cluster: object) -> Callable[[World], None]:
    """With another address or trust for prod-weu."""

    def before(world: World) -> None:
        row = {"server": server or world.server.server, **cluster}
        content = document(clusters=[{"name": each, "cluster": row} for each in ("hub-weu", "prod-weu")])
        world.file("kubeconfig", yaml.safe_dump(content))

    return before


def plainly(world: World) -> None:
    """HTTP in place of HTTPS."""
    served(world.server.server.replace("https:", "http:"))(world)


def trusting_none(world: World) -> None:
    """An authority's file that is no certificate."""
    world.file("ca.crt", "nothing\n")
    served(**{"certificate-authority": str(Path("ca.crt"))})(world)


CASES = (
    Case("a plan by nobody", "plan -c prod-weu", before=signed_in()),
    Case("a history asked for by nobody", "history -c prod-weu", before=signed_in()),
    Case("a token that is not valid", "history -c prod-weu", before=signed_in(token="made-up")),
    Case("a plan with a token that is not valid", "plan -c prod-weu", before=signed_in(token="made-up")),
    Case("an apply with a token that is not valid", "apply -c prod-weu", before=signed_in(token="made-up")),
    Case("an API server of an authority that is not trusted", "history -c prod-weu", before=served()),
    Case("an authority that is no certificate", "history -c prod-weu", before=trusting_none),
    Case("an API server asked without TLS", "history -c prod-weu", before=plainly),
    Case("a plan of clusters that nobody serves", "plan", before=served("https://127.0.0.1:1")),
)
