"""Fifth hop: the sidecar uploads this replica's blocks, under its labels, and keeps doing so."""

from __future__ import annotations

from deploy.exposition import sample_sum
from deploy.verify.block import Block
from deploy.verify.bucket import blocks
from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop, Pending
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
OLDEST = "prometheus_tsdb_lowest_timestamp_seconds"
# In clusters the store gateway tells of blocks, and looks for new ones so often in production.
STORE_SECONDS = 900.0
# Blocks of this length and longer are not waited for: a first one is hours away.
LONG = 1800


def newest_age_limit(block: int, in_clusters: bool = False) -> float:
    """Seconds that the end of the newest block may lie in the past; 3 h 3 min for blocks of two hours, 3 h
    18 min where the store gateway tells of them.
    """
    return SPAN * block + LOOKS_SECONDS + (STORE_SECONDS if in_clusters else 0.0)


def of_replica(found: tuple[Block, ...], replica: Replica) -> tuple[Block, ...]:
    """This replica's raw blocks, newest first."""
    own = (each for each in found if replica.carried(each.labels) and each.resolution == 0)
    return tuple(sorted(own, key=lambda each: each.end, reverse=True))


async def prove(ground: Ground, replica: Replica) -> str:
    """List the bucket and judge the newest block that a sidecar put there."""
    length = await block_seconds(ground, replica.prometheus)
    _, now = await ground.data(replica.prometheus, "/api/v1/status/buildinfo")
    found = await blocks(ground)
    own = [each for each in of_replica(found, replica) if each.source == "sidecar"]
    limit = newest_age_limit(length, ground.in_clusters)
    if not own:
        cause, remedy, failing = await _why_none(ground, replica, found, length)
        if not failing and (due := await _due(ground, replica, length, limit, now)):
            return due
        raise Broken(cause, remedy)
    age = now - own[0].end
    if age > limit:
        if due := await _due(ground, replica, length, limit, now):
            return due
        page = (await ground.get(replica.sidecar, "/metrics")).text()
        failures = sample_sum(page, FAILURES)
        tried = f"; {replica.sidecar} tried and failed {counted(failures, 'time')}" if failures else ""
        raise Broken(
            f"the newest block of {matcher_text(replica.labels)} ends {age:.0f} s ago, "
            f"more than the {limit:.0f} s that blocks of {length} s allow{tried}",
            f"See with `singlepane logs {replica.sidecar}` why uploads stopped.",
        )
    return f"{counted(len(own), 'block')}, the newest ({own[0].ulid}) ends {age:.0f} s ago"


async def pending(ground: Ground, replica: Replica) -> Pending | None:
    """That this replica is too young for a block, or None."""
    length = await block_seconds(ground, replica.prometheus)
    _, now = await ground.data(replica.prometheus, "/api/v1/status/buildinfo")
    return await _due(ground, replica, length, newest_age_limit(length, ground.in_clusters), now)


async def _due(ground: Ground, replica: Replica, length: int, limit: float, now: float) -> Pending | None:
    """When the first block of a young replica is due, where it is too long to wait for."""
    page = (await ground.get(replica.prometheus, "/metrics")).text()
    age = now - sample_sum(page, OLDEST)
    if length < LONG or age > limit:
        return None
    return Pending(
        f"not due yet: its first sample is {_time(age)} old, its first block in {_time(limit - age)}"
    )


def _time(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


async def _why_none(
    ground: Ground, replica: Replica, found: tuple[Block, ...], length: int
) -> tuple[str, str, bool]:
    """Cause and remedy when the bucket has no block of this replica, and whether time does not heal it."""
    page = (await ground.get(replica.sidecar, "/metrics")).text()
    logs = f"`singlepane logs {replica.sidecar}`"
    if UPLOADS not in page:
        return (
            f"{replica.sidecar} runs without an object store and uploads nothing",
            "Run `singlepane up` again, which gives it the object store of the estate.",
            True,
        )
    if failures := sample_sum(page, FAILURES):
        return (
            f"{replica.sidecar} tried to upload and failed {counted(failures, 'time')}",
            f"See why with {logs}, and with `singlepane status` whether the object store runs.",
            True,
        )
    if uploads := sample_sum(page, UPLOADS):
        streams = ", ".join(sorted({matcher_text(each.labels) for each in found})) or "no block at all"
        return (
            f"{replica.sidecar} uploaded {counted(uploads, 'block')}, but the bucket has none of "
            f"{matcher_text(replica.labels)}; it has {streams}",
            "See whether sidecar and store gateway use the same container, and whether labels changed.",
            not ground.in_clusters,
        )
    if cut := sample_sum((await ground.get(replica.prometheus, "/metrics")).text(), LOADED):
        return (
            f"{replica.prometheus} has cut {counted(cut, 'block')}, and {replica.sidecar} uploaded none yet",
            f"Wait: the sidecar looks every 30 s. If it stays, see why with {logs}.",
            False,
        )
    return (
        f"{replica.prometheus} has not cut a block yet: the first is due {SPAN * length:.0f} s "
        "after its first sample",
        "Wait, or verify again with a longer --timeout.",
        False,
    )


HOP = Hop(
    name="block-in-bucket",
    proves="The bucket has a recent block, uploaded by the sidecar, whose labels are this replica's.",
    scope="replica",
    patience=None,
    prove=prove,
)
