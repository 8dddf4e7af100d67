"""The demo shop: counters that only grow, a stock that makes sense, pages that answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.shop import DAY, EPOCH, REGIONS, create, orders, rate, summary

TIMES = st.floats(EPOCH, EPOCH + 3000 * DAY)


@settings(deadline=None)
@given(TIMES, st.floats(0, 3 * DAY))
def test_counters_only_grow(now: float, later: float) -> None:
    """Orders, failures and revenue of every region never go down."""
    for first, second in zip(summary(now)["regions"], summary(now + later)["regions"], strict=True):
        assert first["orders"]["total"] <= second["orders"]["total"]
        assert first["orders"]["failed"] <= second["orders"]["failed"]
        assert first["revenue"]["eur"] <= second["revenue"]["eur"]


@settings(deadline=None)
@given(TIMES)
def test_stock_and_carts_are_possible(now: float) -> None:
    """Nobody has less than no car, and failures are a part of the orders."""
    said = summary(now)
    assert all(one["cars"] > 0 for one in said["stock"])
    assert all(one["carts"]["open"] >= 0 for one in said["regions"])
    assert all(one["orders"]["failed"] <= one["orders"]["total"] for one in said["regions"])


@pytest.mark.parametrize("region", REGIONS)
def test_a_day_has_its_orders(region: str) -> None:
    """A whole day adds what the region sells a day; the rate is the slope of the counter."""
    per_day = REGIONS[region][0]
    assert abs(orders(region, EPOCH + 40 * DAY) - orders(region, EPOCH + 39 * DAY) - per_day) <= 1
    for hour in range(0, 24, 3):
        at = EPOCH + 39 * DAY + hour * 3600
        grown = orders(region, at + 3600) - orders(region, at)
        assert abs(grown - 3600 * rate(region, at + 1800)) <= 3


def test_opening_day() -> None:
    """Before it opened the shop had sold nothing."""
    assert [one["orders"]["total"] for one in summary(EPOCH)["regions"]] == [0, 0, 0]
    assert [one["orders"]["total"] for one in summary(0)["regions"]] == [0, 0, 0]


def test_summary_whole() -> None:
    """The document of one moment, which every machine gives alike."""
    assert summary(EPOCH + 100 * DAY) == KNOWN


KNOWN: dict[str, Any] = {
    "regions": [
        {
            "name": "west",
            "orders": {"total": 960000, "failed": 24000},
            "carts": {"open": 68},
            "revenue": {"eur": 20498400000.0},
        },
        {
            "name": "north",
            "orders": {"total": 410000, "failed": 7454},
            "carts": {"open": 26},
            "revenue": {"eur": 9822122400.0},
        },
        {
            "name": "south",
            "orders": {"total": 630000, "failed": 19090},
            "carts": {"open": 49},
            "revenue": {"eur": 10874198000.0},
        },
    ],
    "stock": [
        {"model": "hatchback", "cars": 22},
        {"model": "estate", "cars": 20},
        {"model": "roadster", "cars": 8},
        {"model": "pickup", "cars": 8},
    ],
}


@pytest.mark.parametrize("path", ["/api/v1/orders/summary", "/healthz", "/readyz", "/metrics"])
async def test_pages(path: str) -> None:
    """Every page answers, and is counted."""
    transport = httpx.ASGITransport(create(lambda: EPOCH + 100.0))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        assert (await client.get(path)).status_code == 200
        metrics = (await client.get("/metrics")).text
        if path == "/api/v1/orders/summary":
            assert 'shop_http_requests_total{path="/api/v1/orders/summary"} 1.0' in metrics
            assert (await client.get(path)).json() == summary(EPOCH + 100.0)
