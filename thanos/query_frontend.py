"""Query frontend: splits long ranges into days, runs them side by side and remembers the answers."""

from __future__ import annotations

from estate.components import Component, Engine, File, FilePath, Listen, Probe, Resources, text
from thanos.flags import SERVING_HTTP, STOP_SECONDS

RANGES = "range-cache.yaml"
LABELS = "label-cache.yaml"
TRIPPER = "downstream.yaml"


def query_frontend(query: Component) -> Component:
    """The frontend of a global query: what dashboards ask.

    Answers with a warning are never remembered (Query forbids it), nor is the last minute, which still
    changes.
    """
    return Component(
        name="query-frontend",
        kind="query-frontend",
        cluster=query.cluster,
        command=Engine("thanos"),
        arguments=(
            "query-frontend",
            text("--query-frontend.downstream-url=http://", query.address("http")),
            text("--query-frontend.downstream-tripper-config-file=", FilePath(TRIPPER)),
            "--query-frontend.compress-responses",
            "--query-frontend.log-queries-longer-than=10s",
            "--query-range.split-interval=24h",
            text("--query-range.response-cache-config-file=", FilePath(RANGES)),
            "--labels.split-interval=24h",
            text("--labels.response-cache-config-file=", FilePath(LABELS)),
            "--cache-compression-type=snappy",
            text("--http-address=", Listen("http")),
            *SERVING_HTTP,
        ),
        ports={"http": 10902},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        files=(
            File(RANGES, _cache("256MB", "6h")),
            # Names of labels and metrics change with every deployment; a few minutes are enough for a menu.
            File(LABELS, _cache("64MB", "5m")),
            # The days of one range go to one host at once; Go keeps only two idle connections unless told.
            File(TRIPPER, {"max_idle_conns_per_host": 100}),
        ),
        needs=(query.name,),
        resources=Resources(cpu="100m", memory="384Mi", memory_limit="1Gi"),
        stop_seconds=STOP_SECONDS,
    )


def _cache(size: str, validity: str) -> dict[str, object]:
    """A cache in memory, bounded in bytes; see https://thanos.io/tip/components/query-frontend.md#in-memory."""
    return {"type": "IN-MEMORY", "config": {"max_size": size, "max_size_items": 0, "validity": validity}}
