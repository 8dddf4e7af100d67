"""How many blocks the bucket will hold, and what that asks of the disk of a store gateway.

Compaction makes 2h blocks into ones of 8h, 2d and 14d, and downsamples those of 2d and of 14d
(https://thanos.io/tip/components/compact.md/). For each block the gateway keeps the header of its index: 6 to
30 MB (thanos-io/thanos#5367, #6030).
"""

from __future__ import annotations

from math import ceil

from estate.model import Estate
from estate.quantities import seconds

LONGEST_BLOCK = 14 * 24 * 3600
# Blocks of one stream that are not merged to 14d yet: 4 of 2h, 6 of 8h, 7 of 2d.
YOUNG = 17
# The same of each coarser resolution, which begins with 2d.
YOUNG_COARSE = 7
MIB_PER_BLOCK = 30


def predicted(estate: Estate) -> int:
    """Blocks in the bucket once retention is reached, over all servers and resolutions."""
    kept = estate.metrics.retention
    old = [ceil(seconds(each) / LONGEST_BLOCK) for each in (kept.raw, kept.five_minutes, kept.one_hour)]
    streams = sum(row.prometheus.replicas for row in estate.clusters.values())
    return streams * (YOUNG + 2 * YOUNG_COARSE + sum(old))


def headers_gib(estate: Estate) -> int:
    """GiB of index headers of that many blocks."""
    return ceil(predicted(estate) * MIB_PER_BLOCK / 1024)
