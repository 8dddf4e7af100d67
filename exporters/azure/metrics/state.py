"""The counters' file: written whole beside the old one and moved over it, so that it is always one or the
other.

One JSON document per line: a head, a line for each track, an end with the number of tracks. Lines are made
one at a time, so that a large state does not hold the interpreter for long.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import strftime

import msgspec

from exporters.azure.metrics.counters import Counter, Track, TrackKey
from exporters.azure.metrics.evidence import BINS, Evidence, evenly
from exporters.azure.metrics.omissions import Known, Omission, Until, Why
from exporters.azure.metrics.routes import Place
from exporters.azure.metrics.spelling import Spelt

FORMAT = 1
# A track that was not fed for so long belongs to something that is gone.
FORGET_SECONDS = 7 * 86_400
_LONGEST_HEAD = 64 << 20

_Counter = tuple[str, list[tuple[str, str]], float, list[tuple[int, float]]]
_Line = tuple[str, str, str, list[str], int, int, list[_Counter]]


class _Head(msgspec.Struct):
    format: int
    # Type, region, grain, and what is known of how late they are (see `evidence.Evidence`).
    evidence: list[tuple[str, str, str, float, list[int], float, float]] = []
    # What earlier versions wrote of it: type, grain, the greatest age at which a point changed, points.
    learnt: list[tuple[str, str, float, int]] = []
    # Type, region, route and until when (Unix seconds) it is known to be refused.
    refused: list[tuple[str, str, str, float]] = []
    # Type, label and value of dimensions that came in more than one spelling, in the one that is shown.
    spelt: list[Spelt] = []
    # Type, resource, metric and shape of what is left out, until when (Unix seconds), and why.
    omitted: list[tuple[str, str, str, str, float, Why]] = []


class _End(msgspec.Struct):
    tracks: int


@dataclass(frozen=True, slots=True)
class State:
    """What survives a restart. `problem` says why a file could not be used, and where it was put."""

    tracks: dict[TrackKey, Track]
    learnt: dict[tuple[str, str], dict[str, Evidence]]
    problem: str = ""
    refused: Mapping[Place, float] = field(default_factory=dict)
    spelt: Sequence[Spelt] = ()
    omitted: Known = field(default_factory=dict)


def load(path: Path) -> State:
    """The state of a file; an empty one when there is none. A file that cannot be read whole is set aside."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return State({}, {})
    except OSError as error:
        return State({}, {}, f"the state file {path.name} cannot be read: {error.strerror}")
    try:
        return _decoded(lines)
    except (msgspec.DecodeError, ValueError, IndexError, RecursionError):
        aside = path.with_name(f"{path.name}.corrupt-{strftime('%Y%m%dT%H%M%S')}")
        try:
            path.replace(aside)
        except OSError:
            aside = path
        return State(
            {}, {}, f"the state file was corrupt and is now {aside.name}; all counters begin again at 0"
        )


def _decoded(lines: list[bytes]) -> State:
    head = msgspec.json.decode(lines[0], type=_Head)
    end = msgspec.json.decode(lines[-1], type=_End)
    if head.format != FORMAT or end.tracks != len(lines) - 2:
        raise ValueError("another format, or cut short")
    decoder = msgspec.json.Decoder(_Line)
    tracks: dict[TrackKey, Track] = {}
    for line in lines[1:-1]:
        resource, metric, interval, dimensions, since, until, counters = decoder.decode(line)
        tracks[TrackKey(resource, metric, interval, tuple(dimensions))] = Track(
            since,
            until,
            {
                (aggregation, tuple(labels)): Counter(total, dict(recent))
                for aggregation, labels, total, recent in counters
            },
        )
    return State(
        tracks,
        _learnt(head),
        "",
        {(type, region, route): at for type, region, route, at in head.refused},
        head.spelt,
        {Omission(*place): Until(at, why) for *place, at, why in head.omitted},
    )


def learnt(path: Path) -> dict[tuple[str, str], dict[str, Evidence]]:
    """What a file, which may be in use, knows of lags: by type and grain, and by region. Raises OSError, and
    ValueError where it is no state file.
    """
    with path.open("rb") as file:
        line = file.readline(_LONGEST_HEAD)
    head = msgspec.json.decode(line, type=_Head)
    if head.format != FORMAT:
        raise ValueError("another format")
    return _learnt(head)


def _learnt(head: _Head) -> dict[tuple[str, str], dict[str, Evidence]]:
    found: dict[tuple[str, str], dict[str, Evidence]] = {}
    for type, interval, latest, watched in head.learnt:
        found.setdefault((type, interval), {})[""] = evenly(latest, watched)
    for type, region, interval, wrong, right, since, until in head.evidence:
        if len(right) != BINS:
            raise ValueError("other bins")
        found.setdefault((type, interval), {})[region] = Evidence(wrong, right, since, until)
    return found


def save(
    path: Path,
    tracks: Mapping[TrackKey, Track],
    learnt: Mapping[tuple[str, str], Mapping[str, Evidence]],
    now: float,
    refused: Mapping[Place, float] | None = None,
    spelt: Sequence[Spelt] = (),
    omitted: Known | None = None,
) -> None:
    """Write the state; old tracks are left out. Raises OSError, and then the old file stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    known = [
        (type, region, interval, each.wrong, each.right, each.since, each.until)
        for (type, interval), regions in learnt.items()
        for region, each in regions.items()
    ]
    head = _Head(
        FORMAT,
        known,
        refused=[(*place, until) for place, until in (refused or {}).items()],
        spelt=list(spelt),
        omitted=[(*place, *until) for place, until in (omitted or {}).items()],
    )
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(head) + b"\n")
        written = 0
        # A copy: the loop adds tracks while this runs in a thread.
        for key, track in list(tracks.items()):
            if track.until >= now - FORGET_SECONDS:
                file.write(msgspec.json.encode(_line(key, track)) + b"\n")
                written += 1
        file.write(msgspec.json.encode(_End(written)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _line(key: TrackKey, track: Track) -> _Line:
    counters: list[_Counter] = [
        (aggregation, list(labels), counter.total, list(counter.recent.items()))
        for (aggregation, labels), counter in _copy(track)
    ]
    return (key.resource, key.metric, key.interval, list(key.dimensions), track.since, track.until, counters)


def _copy(track: Track) -> Iterable[tuple[tuple[str, tuple[tuple[str, str], ...]], Counter]]:
    return list(track.counters.items())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
