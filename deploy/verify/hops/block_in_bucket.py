"""Fifth hop: the sidecar uploads this replica's blocks, under its labels, and keeps doing so."""

from __future__ import annotations

from deploy.exposition import sample_sum
from deploy.verify.block import Block
from deploy.verify.bucket import blocks
from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.prometheus import block_seconds
from deploy.verify.replica import Replica, matcher_text
from deploy.verify.words import counted

# Prometheus cuts a block when its head spans one and a half; it looks once a minute, the sidecar every 30 s.
SPAN = 1.5
LOOKS_SECONDS = 180.0
UPLOADS = "thanos_shipper_uploads_total"
# Counts every look that ended in an error; `upload_failures` stays 0 while the object store is away
# (pkg/shipper/shipper.go).
FAILURES = "thanos_shipper_dir_sync_failures_total"
LOADED = "prometheus_tsdb_blocks_loaded"


def newest_age_limit(block: int) -> float:
    """Seconds that the end of the newest block may lie in the past; 3 h 3 min for blocks of two hours."""
    return SPAN * block + LOOKS_SECONDS


def of_replica(found: tuple[Block, ...], replica: Replica) -> tuple[Block, ...]:
    """This replica's raw blocks, newest first."""
    own = (each for each in found if each.labels == replica.labels and each.resolution == 0)
    return tuple(sorted(own, key=lambda each: each.end, reverse=True))


async def prove(ground: Ground, replica: Replica) -> str:
    """List the bucket and judge the newest block that a sidecar put there."""
    length = await block_seconds(ground, replica.prometheus)
    _, now = await ground.data(replica.prometheus, "/api/v1/status/buildinfo")
    found = await blocks(ground)
    own = [each for each in of_replica(found, replica) if each.source == "sidecar"]
    if not own:
        raise Broken(*await _why_none(ground, replica, found, length))
    age = now - own[0].end
    if age > newest_age_limit(length):
        page = (await ground.get(replica.sidecar, "/metrics")).text()
        failures = sample_sum(page, FAILURES)
        tried = f"; {replica.sidecar} tried and failed {counted(failures, 'time')}" if failures else ""
        raise Broken(
            f"the newest block of {matcher_text(replica.labels)} ends {age:.0f} s ago, "
            f"more than the {newest_age_limit(length):.0f} s that blocks of {length} s allow{tried}",
            f"See with `singlepane logs {replica.sidecar}` why uploads stopped.",
        )
    return f"{counted(len(own), 'block')}, the newest ({own[0].ulid}) ends {age:.0f} s ago"


async def _why_none(
    ground: Ground, replica: Replica, found: tuple[Block, ...], length: int
) -> tuple[str, str]:
    """Cause and remedy when the bucket has no block of this replica."""
    page = (await ground.get(replica.sidecar, "/metrics")).text()
    logs = f"`singlepane logs {replica.sidecar}`"
    if UPLOADS not in page:
        return (
            f"{replica.sidecar} runs without an object store and uploads nothing",
            "Run `singlepane up` again, which gives it the object store of the estate.",
        )
    if failures := sample_sum(page, FAILURES):
        return (
            f"{replica.sidecar} tried to upload and failed {counted(failures, 'time')}",
            f"See why with {logs}, and with `singlepane status` whether the object store runs.",
        )
    if uploads := sample_sum(page, UPLOADS):
        streams = ", ".join(sorted({matcher_text(each.labels) for each in found})) or "no block at all"
        return (
            f"{replica.sidecar} uploaded {counted(uploads, 'block')}, but the bucket has none of "
            f"{matcher_text(replica.labels)}; it has {streams}",
            "See whether sidecar and store gateway use the same container, and whether labels changed.",
        )
    if cut := sample_sum((await ground.get(replica.prometheus, "/metrics")).text(), LOADED):
        return (
            f"{replica.prometheus} has cut {counted(cut, 'block')}, and {replica.sidecar} uploaded none yet",
            f"Wait: the sidecar looks every 30 s. If it stays, see why with {logs}.",
        )
    return (
        f"{replica.prometheus} has not cut a block yet: the first is due {SPAN * length:.0f} s "
        "after its first sample",
        "Wait, or verify again with a longer --timeout.",
    )


HOP = Hop(
    name="block-in-bucket",
    proves="The bucket has a recent block, uploaded by the sidecar, whose labels are this replica's.",
    scope="replica",
    patience=None,
    prove=prove,
)
