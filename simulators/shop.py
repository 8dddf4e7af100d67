"""A car shop with an API worth watching: orders, carts, revenue and stock, all pure functions of the time of
day.

Counters begin at a fixed moment and only grow, so a restart of this process is no reset of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest

EPOCH = 1_767_225_600  # 2026-01-01T00:00:00Z, when the shop opened
DAY = 86_400

# Region: orders a day, the second of the day (UTC) at which most are placed, one in how many fails, euros
# an order.
REGIONS = {
    "west": (9_600, 68_400, 40, 21_900.0),
    "north": (4_100, 64_800, 55, 24_400.0),
    "south": (6_300, 72_000, 33, 17_800.0),
}
MODELS = {"hatchback": 64, "estate": 40, "roadster": 12, "pickup": 22}


def orders(region: str, now: float) -> int:
    """Orders placed in a region since the shop opened.

    The rate over a day is a triangle that is highest at the region's busy hour and never below a quarter of
    the mean.
    """
    per_day, busiest, _, _ = REGIONS[region]
    days, second = divmod(max(0.0, now - EPOCH) + DAY - busiest, DAY)
    opened = (DAY - busiest) % DAY
    return int(per_day * (days + _share(second / DAY) - _share(opened / DAY) - (DAY - busiest) // DAY))


def _share(x: float) -> float:
    """The share of a day's orders in its first part `x` (0 to 1) where the day begins at its busiest moment.

    It is the integral of a rate of 1.75 at both ends and 0.25 in the middle, in straight lines; 1 over all.
    """
    if x <= 0.5:
        return 1.75 * x - 1.5 * x * x
    return 1 - (1.75 * (1 - x) - 1.5 * (1 - x) * (1 - x))


def rate(region: str, now: float) -> float:
    """Orders per second at this moment."""
    per_day, busiest, _, _ = REGIONS[region]
    x = (now - EPOCH - busiest) % DAY / DAY
    return per_day / DAY * (1.75 - 3 * min(x, 1 - x))


def summary(now: float) -> dict[str, Any]:
    """What `GET /api/v1/orders/summary` says at this moment (epoch seconds)."""
    regions = []
    for name, (_, _, one_fails_in, price) in REGIONS.items():
        placed = orders(name, now)
        failed = placed // one_fails_in
        # A cart stays open for about six minutes, and every third is never ordered.
        carts = round(rate(name, now) * 360 * 1.5)
        regions.append(
            {
                "name": name,
                "orders": {"total": placed, "failed": failed},
                "carts": {"open": carts},
                "revenue": {"eur": round((placed - failed) * price, 2)},
            }
        )
    sold = sum(orders(name, now) for name in REGIONS)
    # A lorry brings what was sold once a model is down to a quarter, so stock falls and jumps up again.
    stock = [
        {"model": model, "cars": full - (sold // (3 + place)) % (full - full // 4)}
        for place, (model, full) in enumerate(MODELS.items())
    ]
    return {"regions": regions, "stock": stock}


def create(clock: Callable[[], float] = time.time) -> FastAPI:
    """The shop as an ASGI application."""
    app = FastAPI(title="Demo shop", version="1", docs_url=None, redoc_url=None)
    registry = CollectorRegistry()
    requests = Counter("shop_http_requests", "Requests answered, by path.", ["path"], registry=registry)
    for path in ("/api/v1/orders/summary", "/healthz", "/readyz"):
        requests.labels(path)

    @app.get("/api/v1/orders/summary")
    async def orders_summary() -> dict[str, Any]:
        """Orders, carts and revenue by region, stock by model."""
        requests.labels("/api/v1/orders/summary").inc()
        return summary(clock())

    @app.get("/healthz")
    async def healthz() -> Response:
        """The process answers."""
        requests.labels("/healthz").inc()
        return Response("ok\n", media_type="text/plain")

    @app.get("/readyz")
    async def readyz() -> Response:
        """There is nothing to wait for."""
        requests.labels("/readyz").inc()
        return Response("ok\n", media_type="text/plain")

    @app.get("/metrics")
    async def metrics() -> Response:
        """The shop's own metrics."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app
