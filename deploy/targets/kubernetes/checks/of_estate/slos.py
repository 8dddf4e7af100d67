"""Queries of SLOs.

Source: https://sre.google/workbook/alerting-on-slos/ (several windows of one query); what Prometheus 3 reads
otherwise is said by alerts/promql.
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.promql import Scraped, problems
from alerts.slos import WINDOWS
from estate.model import Estate
from estate.model.slos import WINDOW
from estate.problems import Problem
from estate.quantities import seconds
from promql.kept import kept
from promql.reading import read


def slos(estate: Estate) -> Iterator[Problem]:
    """Each can be evaluated over every window, for each cluster by itself."""
    slowest = max(seconds(row.prometheus.scrape_interval) for row in estate.clusters.values())
    for name, row in estate.slos.items():
        for key, query in (("errors", row.errors), ("total", row.total)):
            path = ("slos", name, key)
            if WINDOW not in query:
                message = f"the query has no {WINDOW}: it would be the same over each window"
                yield Problem("slo-without-window", path, message, f"write rate(…[{WINDOW}])")
            written = query.replace(WINDOW, WINDOWS[0])
            found = list(problems(written, Scraped(slowest)))
            for code, message, fix in found:
                yield Problem(code, path, message, fix)
            tree = read(written)
            if not isinstance(tree, tuple) and kept(tree, "cluster").has is False:
                message = f"{kept(tree, 'cluster').lost} leaves nothing of the label cluster"
                yield Problem("slo-loses-cluster", path, message, "aggregate by (cluster)")
