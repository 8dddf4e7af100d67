"""Timeouts and intervals that must be in order."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import GROUP_INTERVAL, Estate, JsonExporter
from estate.problems import Problem
from estate.quantities import seconds

# Prometheus looks five minutes back for the last sample; two intervals and some delay must fit.
SCRAPE_LONGEST = 120
# Deduplication switches between replicas by gaps; https://thanos.io/tip/components/query.md/#deduplication
PAIR_SCRAPE_LONGEST = 60
PAIR = 2


def timeouts(estate: Estate) -> Iterator[Problem]:
    """What waits outside waits longer than what waits inside."""
    query = estate.metrics.query
    if None not in (query.timeout, query.store_response_timeout) and seconds(
        query.store_response_timeout
    ) >= seconds(query.timeout):
        written = "store_response_timeout" in query.model_fields_set
        yield Problem(
            "timeout-order",
            ("metrics", "query", "store_response_timeout" if written else "timeout"),
            f"store_response_timeout {query.store_response_timeout} is not below timeout {query.timeout}: "
            "one silent store would fail every query",
            "make store_response_timeout the shorter one",
        )
    for name, exporter in estate.exporters.items():
        if not isinstance(exporter, JsonExporter) or None in (exporter.timeout, exporter.interval):
            continue
        if seconds(exporter.timeout) >= seconds(exporter.interval):
            written = "timeout" in exporter.model_fields_set
            yield Problem(
                "timeout-order",
                ("exporters", name, "timeout" if written else "interval"),
                f"timeout {exporter.timeout} is not below interval {exporter.interval}: "
                "the next fetch would begin before this one ends",
                "make timeout the shorter one",
            )


def scraping(estate: Estate) -> Iterator[Problem]:
    """Warn of intervals and replicas that leave gaps in graphs."""
    for name, cluster in estate.clusters.items():
        settings = cluster.prometheus
        path = ("clusters", name, "prometheus")
        replicas = settings.replicas or 1
        every = seconds(settings.scrape_interval) if settings.scrape_interval is not None else 0
        if every > SCRAPE_LONGEST:
            message = f"with {settings.scrape_interval}, one missed scrape makes a gap in every graph"
            yield Problem("scrape-interval-long", (*path, "scrape_interval"), message, "write 2m or less")
        elif replicas > 1 and every >= PAIR_SCRAPE_LONGEST:
            message = (
                f"with {settings.scrape_interval}, rates jump where Query changes from replica to replica"
            )
            yield Problem("pair-deduplication", (*path, "scrape_interval"), message, "write 30s or less")
        if replicas > PAIR:
            message = f"{replicas} replicas make rates jump more often, and each costs the memory of a server"
            yield Problem("pair-deduplication", (*path, "replicas"), message, "write 2")


def repeating(estate: Estate) -> Iterator[Problem]:
    """What still fires is sent again when Alertmanager looks at its group, and never in between."""
    repeat = estate.alerts.repeat
    if repeat is not None and seconds(repeat) < seconds(GROUP_INTERVAL):
        message = (
            f"with {repeat}, what still fires would be sent every {GROUP_INTERVAL} all the same: "
            "that is how often Alertmanager looks at a group"
        )
        yield Problem("repeat-short", ("alerts", "repeat"), message, f"write {GROUP_INTERVAL} or more")
