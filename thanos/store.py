"""Store gateway: serves the blocks that are in the bucket."""

from __future__ import annotations

from estate.components import (
    Component,
    DataPath,
    Engine,
    Later,
    Listen,
    Probe,
    Reached,
    Resources,
    Template,
    text,
)
from estate.model import Estate
from thanos.flags import SERVING, STOP_SECONDS
from thanos.objstore import Bucket
from thanos.timing import Timing

# Blocks that it serves now.
LOADED = "thanos_bucket_store_blocks_loaded"


def store(estate: Estate, bucket: Bucket, timing: Timing) -> Component:
    """The store gateway over all blocks of all clusters, of all times: what sidecars still have is merged by
    Query.
    """
    return Component(
        name="store",
        kind="store",
        cluster=estate.hub,
        command=Engine("thanos"),
        arguments=_arguments(bucket, timing.store_sync, timing),
        ports={"http": 10902, "grpc": 10901},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        files=(bucket.file,),
        # Headers of the indexes, some 6 to 30 MB a block; the folder is a cache and may be lost.
        storage="20Gi",
        needs=bucket.needs,
        resources=Resources(cpu="250m", memory="1Gi", memory_limit="4Gi"),
        identity=bucket.identity,
        stop_seconds=STOP_SECONDS,
        note=timing.note,
        later=_later(estate, bucket, timing),
    )


def _arguments(bucket: Bucket, sync: str, timing: Timing) -> tuple[Template, ...]:
    return (
        "store",
        text("--data-dir=", DataPath()),
        bucket.flag,
        f"--sync-block-duration={sync}",
        f"--ignore-deletion-marks-delay={timing.ignore_marks}",
        # One listing in place of one call for each block: Azure bills and throttles calls.
        "--block-discovery-strategy=recursive",
        # Only the headers of blocks that are asked for stay in memory.
        "--store.enable-index-header-lazy-reader",
        "--bucket-web-label=cluster",
        # The page of blocks has no login, and could delete them.
        "--disable-admin-operations",
        text("--http-address=", Listen("http")),
        text("--grpc-address=", Listen("grpc")),
        *SERVING,
    )


def _later(estate: Estate, bucket: Bucket, timing: Timing) -> Later | None:
    """Looks less often once the first blocks are served: each look asks for the mark of every block."""
    if not timing.later_store_sync:
        return None
    servers = sum(row.prometheus.replicas for row in estate.clusters.values())
    return Later(
        _arguments(bucket, timing.later_store_sync, timing),
        Reached("store", LOADED, timing.first_blocks * servers),
        timing.later_note,
    )
