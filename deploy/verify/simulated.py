"""What the Azure simulator says by its side door: its resources, the metrics of a type, what it measured."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.verify.ground import Ground

SIMULATOR = "azure-simulator"


@dataclass(frozen=True, slots=True)
class Defined:
    """A metric of a type. `primary` is the aggregation that Azure shows first, with a capital."""

    name: str
    unit: str
    primary: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that is listed and lives: all in lower case but the id."""

    id: str
    subscription: str
    type: str
    group: str
    name: str


async def live(ground: Ground, subscriptions: Collection[str]) -> list[Resource]:
    """The resources of subscriptions, which are named by their ids in lower case."""
    replies = await asyncio.gather(
        *(_asked(ground, "/sim/resources", subscription=each) for each in subscriptions)
    )
    return [
        Resource(
            each["id"],
            subscription,
            each["type"].lower(),
            each["resourceGroup"].lower(),
            each["name"].lower(),
        )
        for subscription, reply in zip(subscriptions, replies, strict=True)
        for each in reply["resources"]
        if each["listed"] and each["lives"]
    ]


async def definitions(ground: Ground, types: Collection[str]) -> dict[tuple[str, str], Defined]:
    """The metrics of types of which there are resources, by type and name (lower case)."""
    replies = await asyncio.gather(*(_asked(ground, "/sim/metrics", type=each) for each in types))
    return {
        (type.lower(), each["name"].lower()): Defined(
            each["name"], each["unit"], each["primary"].capitalize()
        )
        for type, reply in zip(types, replies, strict=True)
        for each in reply["metrics"]
    }


async def measured(
    ground: Ground, resource: str, metric: str, aggregation: str, newest: float, minutes: int
) -> Sequence[float | None]:
    """What it measured in so many minutes, newest first, in Azure's unit; None where there was nothing.
    `newest` is a time within the newest minute (Unix seconds).
    """
    reply = await _asked(
        ground,
        "/sim/truth",
        resource=resource,
        metric=metric,
        aggregation=aggregation,
        time=f"{newest:.0f}",
        count=str(minutes),
    )
    values: list[float | None] = reply["values"]
    return values


async def _asked(ground: Ground, path: str, **params: str) -> Mapping[str, Any]:
    reply: Mapping[str, Any] = (await ground.get(SIMULATOR, path, params, port="https")).json()
    return reply
