"""Instant queries against Prometheus or Thanos Query, and what their replies hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.verify.ground import Ground


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an instant vector."""

    labels: Mapping[str, str]
    value: float


async def instant(
    ground: Ground, component: str, expression: str, params: Mapping[str, str] | None = None
) -> tuple[Series, ...]:
    """The instant vector of an expression. Raises Broken when the component does not answer it."""
    data, _ = await ground.data(component, "/api/v1/query", {"query": expression, **(params or {})})
    return tuple(Series(row["metric"], float(row["value"][1])) for row in data["result"])


async def through_query(
    ground: Ground,
    expression: str,
    *,
    dedup: bool,
    stores: Sequence[str] = (),
    at: float | None = None,
) -> tuple[Series, ...]:
    """As `instant`, of Thanos Query, over raw samples alone; any store that fails fails the query.

    `stores` are gRPC addresses of the stores to ask (without: all), `at` the evaluation time in Unix seconds
    (https://thanos.io/tip/components/query.md/: dedup, partial_response, storeMatch, max_source_resolution).
    """
    params = {
        "dedup": "true" if dedup else "false",
        "partial_response": "false",
        "max_source_resolution": "0s",
    }
    if stores:
        anyone = "|".join(re.escape(store) for store in stores).replace("\\", "\\\\")
        params["storeMatch[]"] = f'{{__address__=~"{anyone}"}}'
    if at is not None:
        params["time"] = f"{at:.3f}"
    return await instant(ground, "query", expression, params)
