"""Queries of gates.

Source: https://prometheus.io/docs/prometheus/latest/migration/ (Prometheus 3), as alerts/promql says it.
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.promql import Scraped, problems
from estate.model import Estate
from estate.problems import Problem
from estate.quantities import seconds


def gates(estate: Estate) -> Iterator[Problem]:
    """A gate that cannot be asked would stop the roll-out after the first wave has been changed."""
    slowest = max(seconds(row.prometheus.scrape_interval) for row in estate.clusters.values())
    for index, gate in enumerate(estate.rollout.gates):
        for code, message, fix in problems(gate.query, Scraped(slowest)):
            yield Problem(code, ("rollout", "gates", index, "query"), message, fix)
