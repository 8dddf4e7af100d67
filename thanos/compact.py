"""Compactor: merges the bucket's blocks, adds coarser resolutions and removes what is past its retention."""

from __future__ import annotations

from math import ceil

from estate.components import Component, DataPath, Engine, Listen, Probe, Reached, Resources, text
from estate.model import Estate
from estate.quantities import seconds
from thanos.flags import SERVING_HTTP, STOP_SECONDS
from thanos.objstore import Bucket
from thanos.prometheus import BYTES_PER_SAMPLE, GIB
from thanos.timing import Timing, shortest

TWO_WEEKS = 14 * 24 * 3600


def compact(estate: Estate, bucket: Bucket, timing: Timing) -> Component:
    """The compactor. There is exactly one for a bucket: two would each delete what the other needs.

    Replicas stay apart in the bucket and are merged by Query: to merge them here cannot be undone.
    """
    retention = estate.metrics.retention
    return Component(
        name="compact",
        kind="compact",
        cluster=estate.hub,
        command=Engine("thanos"),
        arguments=(
            "compact",
            "--wait",
            text("--data-dir=", DataPath()),
            bucket.flag,
            f"--retention.resolution-raw={shortest(retention.raw, timing.kept_raw)}",
            f"--retention.resolution-5m={shortest(retention.five_minutes, timing.kept_5m)}",
            f"--retention.resolution-1h={shortest(retention.one_hour, timing.kept_1h)}",
            f"--wait-interval={timing.compact_wait}",
            f"--consistency-delay={timing.compact_delay}",
            f"--compact.cleanup-interval={timing.cleanup}",
            f"--delete-delay={timing.delete_delay}",
            "--block-discovery-strategy=recursive",
            "--bucket-web-label=cluster",
            "--disable-admin-operations",
            text("--http-address=", Listen("http")),
            *SERVING_HTTP,
        ),
        ports={"http": 10902},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        files=(bucket.file,),
        storage=f"{_scratch_gib(estate)}Gi",
        needs=bucket.needs,
        resources=Resources(cpu="500m", memory="1Gi", memory_limit="8Gi"),
        identity=bucket.identity,
        stop_seconds=STOP_SECONDS,
        note=timing.note,
        # Halted, it stays ready and takes no notice of SIGTERM (cmd/thanos/compact.go waits for ever).
        deaf=Reached("compact", "thanos_compact_halted"),
    )


def _scratch_gib(estate: Estate) -> int:
    """Twice the largest block it will ever make: two weeks of the busiest Prometheus, read and written."""
    busiest = max(
        row.prometheus.series / seconds(row.prometheus.scrape_interval) for row in estate.clusters.values()
    )
    return max(20, ceil(2 * busiest * TWO_WEEKS * BYTES_PER_SAMPLE / GIB))
