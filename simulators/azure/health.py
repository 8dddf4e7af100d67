"""The simulator's own pages: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from simulators.azure.replies import Reply, Request
from simulators.azure.world import World

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class WorldCollector(Collector):
    """What was asked of a simulated Azure, as metrics."""

    def __init__(self, world: World) -> None:
        self.world = world

    def collect(self) -> list[CounterMetricFamily | GaugeMetricFamily]:
        """Calls, throttled calls, faults, resources and the clock."""
        world = self.world
        calls = CounterMetricFamily(
            "azure_simulator_requests",
            "Requests answered, by API and status (0: connection reset).",
            labels=["api", "status"],
        )
        totals: dict[tuple[str, int], int] = {}
        for (api, _, status), count in world.calls.items():
            totals[api, status] = totals.get((api, status), 0) + count
        for (api, status), count in sorted(totals.items()):
            calls.add_metric([api, str(status)], count)
        throttled = CounterMetricFamily(
            "azure_simulator_throttled", "Requests refused by Azure's own limits.", labels=["limit"]
        )
        by_limit: dict[str, int] = {}
        for (limit, _), count in world.throttled.items():
            by_limit[limit] = by_limit.get(limit, 0) + count
        for limit, count in sorted(by_limit.items()):
            throttled.add_metric([limit], count)
        faults = CounterMetricFamily(
            "azure_simulator_faults", "Requests struck by an ordered fault.", labels=["fault"]
        )
        for name, one in world.faults.ordered.items():
            faults.add_metric([name], one.struck)
        now = world.clock.now()
        resources = GaugeMetricFamily(
            "azure_simulator_resources", "Resources that exist in simulated time.",
            value=sum(one.listed and one.lives(now) for one in world.inventory.resources.values()),
        )  # fmt: skip
        clock = GaugeMetricFamily(
            "azure_simulator_time_seconds", "Simulated time since the Unix epoch.", value=now
        )
        return [calls, throttled, faults, resources, clock]


def own_page(world: World, request: Request) -> Reply | None:
    """The reply to a request for one of the simulator's own pages, else None."""
    if request.method not in ("GET", "HEAD"):
        return None
    match request.raw_path:
        case "/healthz" | "/readyz":
            return Reply(200, b"ok\n", content_type="text/plain; charset=utf-8")
        case "/metrics":
            registry = CollectorRegistry()
            registry.register(WorldCollector(world))
            return Reply(200, generate_latest(registry), content_type=TEXT)
    return None
