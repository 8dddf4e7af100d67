"""How long data is kept, on the clusters and in the object store.

https://thanos.io/tip/components/compact.md/#enforcing-retention-of-data
https://thanos.io/tip/components/sidecar.md/
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem
from estate.quantities import seconds

HOUR, DAY = 3_600, 86_400
# Blocks are uploaded every two hours; three of them survive an upload that fails twice.
LOCAL_LEAST, LOCAL_ADVISED = 6 * HOUR, 24 * HOUR
# The compactor refuses less, because blocks would go before they are downsampled.
LEAST = {"raw": (40 * HOUR, "40h", "5-minute"), "5m": (10 * DAY, "10d", "1-hour")}
# A block is downsampled when it is old enough, not at once, and blocks are up to two weeks long.
ADVISED = {"raw": (5 * DAY, "5d", "5-minute"), "5m": (28 * DAY, "28d", "1-hour")}
ATTRIBUTES = {"raw": "raw", "5m": "five_minutes", "1h": "one_hour"}
STEPS = (("raw", "5m", "5 minutes"), ("5m", "1h", "1 hour"))


def local_retention(estate: Estate) -> Iterator[Problem]:
    """A cluster keeps samples long enough for an upload outage to lose nothing."""
    for name, cluster in estate.clusters.items():
        kept = cluster.prometheus.retention
        if kept is None:
            continue
        path = ("clusters", name, "prometheus", "retention")
        if seconds(kept) < LOCAL_LEAST:
            message = f"{kept} is less than three blocks of 2h: an upload that fails twice loses samples"
            yield Problem("local-retention-short", path, message, "write at least 6h, better 24h")
        elif seconds(kept) < LOCAL_ADVISED:
            message = f"with {kept}, a night without uploads loses samples"
            yield Problem("local-retention-low", path, message, "write 24h or more")


def store_retention(estate: Estate) -> Iterator[Problem]:
    """Blocks stay until they are downsampled, coarse ones stay longest, and lost zoom is said."""
    retention = estate.metrics.retention
    kept = {name: getattr(retention, attribute) for name, attribute in ATTRIBUTES.items()}
    for name, (least, text, resolution) in LEAST.items():
        advised, advised_text, _ = ADVISED[name]
        path = ("metrics", "retention", name)
        if kept[name] is None:
            continue
        if seconds(kept[name]) < least:
            message = f"{kept[name]} is too short: blocks go before they have {resolution} data"
            yield Problem("store-retention-short", path, message, f"write at least {text}")
        elif seconds(kept[name]) < advised:
            message = (
                f"{kept[name]} leaves little time: late blocks may go before they have {resolution} data"
            )
            yield Problem("store-retention-low", path, message, f"write {advised_text} or more")
    for finer, coarser, step in STEPS:
        yield from _pair(estate, finer, coarser, kept, step)


def _pair(
    estate: Estate, finer: str, coarser: str, kept: dict[str, str | None], step: str
) -> Iterator[Problem]:
    short, long = kept[finer], kept[coarser]
    if short is None or long is None or seconds(short) == seconds(long):
        return
    written = {name for name in (finer, coarser) if ATTRIBUTES[name] in _written(estate)}
    if seconds(short) > seconds(long):
        place = coarser if coarser in written else finer
        message = f"{coarser} data goes after {long}, before {finer} data does after {short}"
        yield Problem(
            "store-retention-order", ("metrics", "retention", place), message, f"write {short} or more"
        )
    elif written and seconds(short) >= LEAST[finer][0]:
        # The model's own default is of this kind; who relies on it is told by `estate explain`.
        place = finer if finer in written else coarser
        message = f"{finer} data goes after {short}: older graphs cannot be zoomed below steps of {step}"
        fix = f"write {long} for {finer} as well, if that matters"
        yield Problem("store-retention-zoom", ("metrics", "retention", place), message, fix)


def _written(estate: Estate) -> set[str]:
    """The retention keys that the file holds."""
    written = "retention" in estate.metrics.model_fields_set
    return estate.metrics.retention.model_fields_set if written else set()
