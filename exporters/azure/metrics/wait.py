"""How long to wait for a point, from what was seen of its type and of its siblings. Pure.

The argument is told in docs/collectors/azure-metrics.md, "When a point is settled".
"""

from __future__ import annotations

from collections.abc import Collection
from math import log

from exporters.azure.metrics.evidence import BIN_SECONDS, BINS, Evidence

# Where a type begins, and what it never exceeds.
LONGEST_SECONDS = BINS * BIN_SECONDS
# So many right readings between the oldest wrong one and the wait: of a share of points that are still wrong
# then, 1 %, all of them missed it with a probability of exp(-480 x 1 %), less than 0.9 %.
ENOUGH_POINTS = 480
# Nearer to the oldest wrong one than a minute, more are asked for: exp(-1440 x 0.5 %) is below 0.1 %.
CLOSE_SECONDS = 60
CLOSE_POINTS = 1440
# That a type is later than each of n siblings has a probability of 1/(n + 1) before anything is seen of it;
# so many fewer points make its wait as sure for a share of 1 %. Its own remain half of the evidence.
_SHARE = 0.01
LEAST_POINTS = 240


def waited(seen: Evidence, enough: float = ENOUGH_POINTS) -> int:
    """The age in seconds up to which enough right readings lie above the oldest wrong one."""
    found = 0
    for place in range(int(seen.wrong // BIN_SECONDS) + 1, BINS):
        found += seen.right[place]
        age = (place + 1) * BIN_SECONDS
        if found >= (enough if age - seen.wrong >= CLOSE_SECONDS else CLOSE_POINTS):
            return min(age, LONGEST_SECONDS)
    return LONGEST_SECONDS


def pooled(seen: Evidence, siblings: Collection[int]) -> int:
    """The same where the waits of siblings are known. Those that are not longer than the own one vouch for
    it, the others speak against that.
    """
    among = sorted(siblings)
    best = waited(seen)
    for vouching, wait in enumerate(among, 1):
        later = (len(among) - vouching + 1) / (len(among) + 1)
        enough = max(LEAST_POINTS, ENOUGH_POINTS + log(later) / _SHARE)
        best = min(best, max(wait, waited(seen, enough)))
    return best


def known(seen: Evidence) -> int | None:
    """What a type may tell its siblings: its wait in seconds, once it is sure by itself."""
    return waited(seen) if seen.points >= ENOUGH_POINTS else None
