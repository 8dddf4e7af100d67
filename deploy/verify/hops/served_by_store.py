"""Sixth hop: the store gateway serves this replica's blocks, with the sidecars left out."""

from __future__ import annotations

from deploy.verify.block import Block
from deploy.verify.bucket import blocks
from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.hops.block_in_bucket import of_replica, pending
from deploy.verify.replica import Replica, matcher_text
from deploy.verify.series import through_query
from deploy.verify.stores import store_of
from deploy.verify.words import counted

# The gateway looks for new blocks at intervals: the newest may not be served yet, the one before it must be.
RECENT = 2


async def prove(ground: Ground, replica: Replica) -> str:
    """Ask Query, allowed to use the store gateway alone, for samples in the range of the newest blocks."""
    await ground.get("store", "/-/ready")
    store = await store_of(ground, "store")
    recent = of_replica(await blocks(ground), replica)[:RECENT]
    if not recent:
        if due := await pending(ground, replica):
            return due
        raise Broken(
            f"the bucket has no raw block of {matcher_text(replica.labels)} any more",
            "See with `singlepane logs compact` what became of it.",
        )
    samples = await _samples(ground, replica, store.address, recent)
    if not samples:
        loaded = await _loaded(ground)
        missing = [block.ulid for block in recent if block.ulid not in loaded]
        cause = (
            f"the store gateway has not loaded {' or '.join(missing)}"
            if missing
            else f"the store gateway has loaded {recent[0].ulid}, but serves no sample out of it"
        )
        raise Broken(cause, "See with `singlepane logs store` whether it can read the bucket.")
    return f"{counted(samples, 'sample')} of `up` out of {counted(len(recent), 'block')}"


async def _samples(ground: Ground, replica: Replica, store: str, recent: tuple[Block, ...]) -> float:
    """Raw samples of `up` that the store has inside the time of these blocks."""
    start = min(block.start for block in recent)
    end = max(block.end for block in recent)
    found = await through_query(
        ground,
        f"sum(count_over_time(up{{{replica.matchers()}}}[{max(1, round((end - start) * 1000))}ms]))",
        dedup=False,
        stores=[store],
        at=end,
    )
    return found[0].value if found else 0.0


async def _loaded(ground: Ground) -> set[str]:
    data, _ = await ground.data("store", "/api/v1/blocks", {"view": "loaded"})
    return {block["ulid"] for block in data["blocks"] or ()}


HOP = Hop(
    name="served-by-store",
    proves="Query gets raw samples of this replica out of its newest blocks from the store gateway alone.",
    scope="replica",
    patience=None,
    prove=prove,
)
