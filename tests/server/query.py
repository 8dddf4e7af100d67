"""A double of Thanos Query for the server in the hub."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from deploy.cluster_wiring import cluster_components
from deploy.targets.kubernetes.objects.expected import expected
from estate.model import Estate
from singlepane.server.view import View
from tests.server.estates import NOW

CLUSTERS = Path(__file__).parents[2] / "examples" / "shop" / "clusters.yaml"


def view_of(estate: Estate, clock: Callable[[], float]) -> View:
    """The view of an estate in its hub."""
    return View(estate.name, expected(estate, cluster_components(estate)), "http://query:10902", clock)


def all_up(estate: Estate) -> dict[tuple[str, str], tuple[int, int]]:
    """Every component that is expected, with one target, which is up."""
    return {(each.cluster, each.name): (1, 1) for each in expected(estate, cluster_components(estate))}


class Query:
    """A double of Thanos Query's API: by cluster and component how many targets are up, of how many."""

    def __init__(self, told: Mapping[tuple[str, str], tuple[int, int]]) -> None:
        self.told = told
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.params["partial_response"] == "true"
        expression = request.url.params["query"]
        result = [
            {
                "metric": {"cluster": cluster, "component": component},
                "value": [
                    NOW,
                    str(up if expression.startswith("sum") else total if "count" in expression else NOW - 60),
                ],
            }
            for (cluster, component), (up, total) in self.told.items()
        ]
        body = {"status": "success", "data": {"resultType": "vector", "result": result}}
        return httpx.Response(self.status, content=json.dumps(body))
