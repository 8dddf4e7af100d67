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
from thanos.blocks import headers_gib
from thanos.flags import SERVING, STOP_SECONDS
from thanos.objstore import Bucket
from thanos.prometheus import UPLOADS, sidecar_of
from thanos.timing import Timing


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
        # Headers of the indexes of all blocks; the folder is a cache and may be lost.
        storage=f"{max(20, headers_gib(estate))}Gi",
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
    """Looks less often once first blocks have come in: each look asks for the mark of every block.

    Those of this start, which a sidecar counts; the blocks that it serves may be of an earlier one.
    """
    if not timing.later_store_sync:
        return None
    return Later(
        _arguments(bucket, timing.later_store_sync, timing),
        Reached(sidecar_of(estate.hub, 0), UPLOADS, timing.first_blocks),
        timing.later_note,
    )
