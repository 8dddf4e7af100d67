"""Query: the one PromQL endpoint over all clusters. It asks sidecars, store gateway and ruler, and merges
replicas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from estate.components import Address, Component, Engine, File, FilePath, Listen, Probe, Resources, text
from estate.model import Estate
from thanos.flags import SERVING, STOP_SECONDS
from thanos.rule import REPLICA_LABEL as RULE_REPLICA_LABEL
from thanos.tls import Tls

ENDPOINTS = "endpoints.yaml"


def query(
    estate: Estate, stores: Iterable[Component | Address], needs: Iterable[str], tls: Tls | None
) -> Component:
    """The global query over these StoreAPIs; those of other clusters are asked with `tls`, if there is one.

    It could start without any of them, and finds them as they come; but each try that fails makes it wait
    longer for the next, up to two minutes. `needs` are those beside it, whose start is worth waiting for.
    `strict` keeps an endpoint that went away among those asked, so that every answer without it carries a
    warning: otherwise a lost cluster would look like one where nothing happens.
    """
    settings = estate.metrics.query
    endpoints = {"endpoints": [_endpoint(each, estate.hub, tls) for each in stores]}
    return Component(
        name="query",
        kind="query",
        cluster=estate.hub,
        command=Engine("thanos"),
        arguments=(
            "query",
            text("--endpoint.sd-config-file=", FilePath(ENDPOINTS)),
            # Removed from results, so that a pair is one; also the ruler's, which has a label of its own.
            f"--query.replica-label={estate.metrics.replica_label}",
            f"--query.replica-label={RULE_REPLICA_LABEL}",
            # A cluster that does not answer is left out with a warning, after less time than the query has in
            # all.
            "--query.partial-response",
            f"--store.response-timeout={settings.store_response_timeout}",
            f"--query.timeout={settings.timeout}",
            "--query.auto-downsampling",
            text("--http-address=", Listen("http")),
            text("--grpc-address=", Listen("grpc")),
            *SERVING,
        ),
        ports={"http": 10902, "grpc": 10901},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        files=(File(ENDPOINTS, endpoints), *(tls.files(estate.hub) if tls else ())),
        needs=tuple(needs),
        resources=Resources(cpu="250m", memory="512Mi", memory_limit="2Gi"),
        stop_seconds=STOP_SECONDS,
    )


def _endpoint(store: Component | Address, hub: str, tls: Tls | None) -> Mapping[str, Any]:
    if isinstance(store, Address):
        return {"address": text(store), "strict": True}
    secured = tls.endpoint(store.cluster) if tls and store.cluster != hub else {}
    return {"address": text(store.address("grpc")), "strict": True, **secured}
