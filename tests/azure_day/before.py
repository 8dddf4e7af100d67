"""The rule for waits that the exporter had before, to compare with: a value of parameters, and no more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from math import ceil
from unittest.mock import patch

from exporters.azure.metrics.evidence import Evidence
from exporters.azure.metrics.wait import LONGEST_SECONDS

# Points counted once they had been watched until they were ten minutes old, all of a minute; so many were
# enough, and siblings were not asked.
YOUNG_SECONDS = 600.0
ENOUGH_POINTS = 480


def wait(seen: Evidence, siblings: Collection[int] = ()) -> int:
    """The minute after the one in which the latest change was read, and a minute more for each time that the
    points go into what is enough.
    """
    span = seen.until - seen.since
    watched = seen.points * max(0.0, 1 - YOUNG_SECONDS / span) if span else 0.0
    if watched < 1:
        return LONGEST_SECONDS
    read = seen.wrong + 60
    return min(LONGEST_SECONDS, (int(read // 60) + ceil(ENOUGH_POINTS / watched)) * 60)


@contextmanager
def before() -> Iterator[None]:
    """The exporter as it was."""
    with (
        patch("exporters.azure.metrics.lag.pooled", wait),
        patch("exporters.azure.metrics.evidence.TOGETHER_POINTS", 10**9),
    ):
        yield
