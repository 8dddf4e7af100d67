"""How fast blocks move, in two columns: production, and the demonstration that `singlepane up` runs."""

from __future__ import annotations

from dataclasses import dataclass

from estate.quantities import seconds


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations as Prometheus writes them.

    `block`: length of a block of Prometheus, whose end starts the way into the bucket. `later_block`: its
    length once `first_blocks` of a server are in the bucket; empty: it stays.
    `kept_raw`, `kept_5m`, `kept_1h`: what the bucket keeps at most; empty leaves it to the estate.
    `local_retention`: what a Prometheus keeps at most; empty leaves it to the estate.
    `prometheus_check`: how often a sidecar asks whether its Prometheus is there.
    `store_sync`: how often the store gateway looks for new blocks; `later_store_sync`: how often once the
    `first_blocks` of the hub are in the bucket.
    `compact_wait`: pause between two runs of the compactor; `compact_delay`: how old a block must be before
    it is touched; `cleanup`: how often marked blocks are looked through.
    `delete_delay`: time between marking a block and deleting it; `ignore_marks`: after how much of it the
    store gateway lets go of the block. The first must be the longer one, or a query meets a block that is
    gone.
    `resend`: how often a firing alert is sent again. Alertmanager takes it for over when it has not come for
    four times as long: a short one notices sooner that a Prometheus died, a long one survives its restart.
    `note`: what to say beside a component that runs with this; `later_note`: the same of later blocks.
    """

    block: str
    later_block: str
    first_blocks: int
    kept_raw: str
    kept_5m: str
    kept_1h: str
    local_retention: str
    prometheus_check: str
    store_sync: str
    later_store_sync: str
    compact_wait: str
    compact_delay: str
    cleanup: str
    delete_delay: str
    ignore_marks: str
    resend: str
    note: str = ""
    later_note: str = ""


# Two hours is the only length that Thanos recommends; all else are the defaults of 0.42, written down because
# they depend on each other.
PRODUCTION = Timing(
    block="2h",
    later_block="",
    first_blocks=0,
    kept_raw="",
    kept_5m="",
    kept_1h="",
    local_retention="",
    prometheus_check="30s",
    store_sync="15m",
    later_store_sync="",
    compact_wait="5m",
    compact_delay="30m",
    cleanup="5m",
    delete_delay="48h",
    ignore_marks="24h",
    resend="1m",
)

# A block of length L is cut once the head spans 1.5 L, and a sidecar looks for blocks every 30 seconds (fixed
# in its code): 30s is the longest that makes the second look, and puts a block into the bucket a minute after
# the start. 10s would make the first, but the compactor merges no sooner than after two hours: with four
# servers that is 2,900 blocks in place of 960, and at every look the store gateway asks for the mark of each.
DEMONSTRATION = Timing(
    block="30s",
    later_block="15m",
    first_blocks=8,
    kept_raw="2d",
    kept_5m="10d",
    kept_1h="10d",
    local_retention="2h",
    prometheus_check="5s",
    store_sync="10s",
    later_store_sync="1m",
    compact_wait="5m",
    compact_delay="0s",
    cleanup="5m",
    delete_delay="10m",
    ignore_marks="5m",
    resend="10s",
    note="demonstration timing: 30s blocks",
    later_note="demonstration timing: 15m blocks",
)


def shortest(estate: str, timing: str) -> str:
    """The shorter one of two durations; `timing` may be empty, which leaves it to the estate."""
    return min(filter(None, (estate, timing)), key=seconds)
