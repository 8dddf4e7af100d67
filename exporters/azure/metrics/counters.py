"""Totals and counts of Azure as counters that only grow: every settled bucket is added once, late ones too.
Pure.

Azure gives what was counted in each bucket. A counter adds the buckets up. Some buckets come late, or are too
low at first, so each of the last few is remembered with what was added for it, and only the difference is
added when it grows. Where it shrinks, a counter cannot follow: that is counted, and the counter stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from exporters.azure.discovery.resources import resource
from exporters.azure.metrics.points import Dimensions, Reading, Window
from exporters.azure.metrics.spelling import Spellings

# How far back buckets are read again; two buckets where they are longer.
REVISIT_SECONDS = 300
# Where a whole call brings no datum, ingestion may be late rather than nothing have happened: this far back
# it is asked again.
PATIENCE_SECONDS = 900
# After an outage at most this much is read again.
CATCH_UP_SECONDS = 3600


def revisit_seconds(step: int) -> int:
    """How far before the horizon a window starts at the least."""
    return max(REVISIT_SECONDS, 2 * step)


class TrackKey(NamedTuple):
    """One metric of one resource in one grain and split."""

    resource: str
    metric: str
    interval: str
    dimensions: tuple[str, ...]


@dataclass(slots=True)
class Counter:
    """One series. `recent` is what was added for each bucket that may still change."""

    total: float = 0.0
    recent: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Track:
    """The counters of one metric of one resource.

    Buckets before `since` were never wanted; up to `until` all were read (0: none yet). Unix seconds.
    """

    since: int
    until: int = 0
    counters: dict[tuple[str, Dimensions], Counter] = field(default_factory=dict)


@dataclass(slots=True)
class Advance:
    """What an advance saw besides plain new buckets: corrections upwards and downwards, and seconds lost
    because an outage was longer than `CATCH_UP_SECONDS`."""

    corrected: int = 0
    shrunk: int = 0
    lost_seconds: int = 0


def window(tracks: Iterable[Track | None], horizon: int, step: int) -> Window:
    """What to ask for so that every track can advance to the horizon; None stands for a track yet to be
    made.
    """
    start = horizon - revisit_seconds(step)
    for track in tracks:
        if track is not None and track.until:
            start = min(start, track.until - revisit_seconds(step))
    earliest = horizon - max(CATCH_UP_SECONDS, revisit_seconds(step))
    return Window(max(start, earliest) // step * step, horizon)


def begin(horizon: int, step: int) -> Track:
    """A track that begins with the newest settled bucket."""
    return Track(since=horizon - step)


def advance(track: Track, readings: Iterable[Reading], window: Window, step: int, newest: int) -> Advance:
    """Add what is new in the readings of a window.

    `newest` is the end of the newest bucket in which the whole call had a datum, 0 for none: the track is not
    taken further than that, except past what is too old to be waited for.
    """
    out = Advance()
    revisit = revisit_seconds(step)
    if track.until > window.end + max(PATIENCE_SECONDS, 2 * step):
        # Farther than a lag that has grown: the clock was set back. What was read of the time ahead is
        # forgotten as time, not as value.
        track.until = window.end
        for counter in track.counters.values():
            counter.recent = {at: value for at, value in counter.recent.items() if at < window.end}
    floor = max(track.since, track.until - revisit)
    if track.until and window.start > track.until:
        out.lost_seconds = window.start - track.until
    for reading in readings:
        counter = track.counters.setdefault((reading.aggregation, reading.dimensions), Counter())
        for start, value in reading.points:
            if start < floor or start + step > window.end:
                continue
            before = counter.recent.get(start)
            if before is None:
                counter.total += value
            elif value > before:
                counter.total += value - before
                out.corrected += 1
            else:
                out.shrunk += value < before
                continue
            counter.recent[start] = value
    reached = max(newest, window.end - max(PATIENCE_SECONDS, 2 * step))
    track.until = max(track.until, min(window.end, reached))
    for counter in track.counters.values():
        for start in [at for at in counter.recent if at < track.until - revisit]:
            del counter.recent[start]
    return out


def in_one_spelling(tracks: Mapping[TrackKey, Track], spellings: Spellings) -> dict[TrackKey, Track]:
    """Tracks of a file, with one counter for each series: of two that differ in case the larger one. What the
    other one has was counted twice.
    """
    out: dict[TrackKey, Track] = {}
    for key, track in tracks.items():
        one = resource(key.resource, None)
        folded = key._replace(dimensions=tuple(each.lower() for each in key.dimensions))
        if folded not in out:
            track.counters = _merged(one.type if one is not None else "", track, spellings)
            out[folded] = track
    return out


def _merged(type: str, track: Track, spellings: Spellings) -> dict[tuple[str, Dimensions], Counter]:
    merged: dict[tuple[str, Dimensions], Counter] = {}
    for (aggregation, labels), counter in sorted(track.counters.items(), key=lambda each: -each[1].total):
        shown = tuple((label, spellings.shown(type, label, value)) for label, value in labels)
        kept = merged.setdefault((aggregation, shown), counter)
        for start, value in counter.recent.items():
            kept.recent[start] = max(value, kept.recent.get(start, value))
    return merged
