"""Ruler: evaluates the rules that need all clusters at once; those of one cluster stay in its Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from estate.components import (
    Address,
    Component,
    DataPath,
    Engine,
    File,
    FilePath,
    Listen,
    Probe,
    Resources,
    RuleFile,
    text,
)
from estate.model import Estate
from thanos.flags import SERVING, STOP_SECONDS
from thanos.objstore import Bucket
from thanos.timing import Timing

# Its own external labels. `cluster` must not be one: it would overwrite the cluster that a global alert is
# about.
LABEL = "ruler"
REPLICA_LABEL = "ruler_replica"
STORE_API = Address("rule", "grpc")


def rule(
    estate: Estate,
    bucket: Bucket,
    rules: Iterable[RuleFile],
    query: Address,
    alertmanagers: Iterable[Address],
    timing: Timing,
) -> Component:
    """The ruler, asking `query` (the same that people ask), which need not be there when it starts.

    A rule gives no result when part of the answer is missing, unless its group says
    `partial_response_strategy: warn`: Thanos asks rules to abort, and no flag changes it.
    """
    files = tuple(File(f"rules/{each.name}.yaml", each.document) for each in rules)
    return Component(
        name="rule",
        kind="rule",
        cluster=estate.hub,
        command=Engine("thanos"),
        arguments=(
            "rule",
            text("--data-dir=", DataPath()),
            bucket.flag,
            *(text("--rule-file=", FilePath(file.path)) for file in files),
            text("--query=http://", query),
            *(text("--alertmanagers.url=http://", each) for each in alertmanagers),
            text("--alert.query-url=http://", query),
            f'--label={LABEL}="{estate.name}"',
            f'--label={REPLICA_LABEL}="0"',
            # An alert is about a cluster, not about who found it; and two rulers must send one alert, not
            # two.
            f"--alert.label-drop={LABEL}",
            f"--alert.label-drop={REPLICA_LABEL}",
            f"--resend-delay={timing.resend}",
            f"--eval-interval={estate.clusters[estate.hub].prometheus.scrape_interval}",
            text("--http-address=", Listen("http")),
            text("--grpc-address=", Listen("grpc")),
            *SERVING,
        ),
        ports={"http": 10902, "grpc": 10901},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        files=(bucket.file, *files),
        storage="4Gi",
        needs=bucket.needs,
        resources=Resources(cpu="100m", memory="256Mi", memory_limit="1Gi"),
        identity=bucket.identity,
        stop_seconds=STOP_SECONDS,
    )
