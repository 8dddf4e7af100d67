"""The stores that Thanos Query knows, from its /api/v1/stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.verify.ground import Broken, Ground


@dataclass(frozen=True, slots=True)
class Store:
    """A StoreAPI endpoint as Query sees it."""

    address: str
    label_sets: tuple[Mapping[str, str], ...]


async def store_of(ground: Ground, component: str) -> Store:
    """The endpoint of a component. Raises Broken when Query does not know it or failed to reach it."""
    address = ground.component(component).known("grpc")
    data, _ = await ground.data("query", "/api/v1/stores")
    for endpoints in data.values():
        for endpoint in endpoints or ():
            if endpoint["name"] != address:
                continue
            if endpoint.get("lastError"):
                raise Broken(
                    f"Query cannot reach {component} at {address}: {_text(endpoint['lastError'])}",
                    f"See why with `singlepane logs {component}`, "
                    f"then start it again with `singlepane restart {component}`.",
                )
            return Store(address, tuple(endpoint.get("labelSets") or ()))
    raise Broken(
        f"Query does not know {component} at {address}",
        "See with `singlepane logs query` whether it finds its endpoints; if the estate changed, "
        "run `singlepane up` again.",
    )


def _text(error: object) -> str:
    """Go errors arrive as text or, when they marshal to nothing, as an empty object."""
    return error if isinstance(error, str) else "the endpoint fails its checks"
