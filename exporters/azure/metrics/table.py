"""The dated table of lags: what one exporter has learnt of how late Azure is, for another one to begin with.

One JSON document. A line speaks of one type in one region and grain: up to which age a reading was wrong, how
many readings were right within the minute after that, and from when to when. docs/exporters/lags.md shows it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from exporters.azure.metrics.evidence import Evidence, together
from exporters.azure.metrics.pool import Offer, Place, provider
from exporters.azure.metrics.wait import LONGEST_SECONDS, waited
from exporters.configuration.grains import GRAIN_SECONDS

# Beside the state files of the exporter that takes it up.
FILE = "lags.json"
VERSION: Literal["singlepane/lags/v1"] = "singlepane/lags/v1"
_LONGEST_BYTES = 16 << 20
# Clocks differ by less.
_AHEAD_SECONDS = 86_400

_Type = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.]+(/[a-z0-9]+)+$", max_length=200)]
_Region = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+$", max_length=60)]
_Age = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SECONDS)]
_Points = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class TableError(ValueError):
    """A document that is no table of lags; the message says what is wrong, and where."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One type in one region and grain. `lag_seconds` is the wait that this much makes sure by itself."""

    type: _Type
    provider: str
    region: _Region
    grain: str
    lag_seconds: _Age
    wrong_seconds: _Age
    points: _Points
    since: datetime
    until: datetime

    @property
    def offer(self) -> Offer:
        """The same as the exporter takes it up."""
        until = self.until.timestamp()
        return Offer(self.type, self.region, self.grain, self.wrong_seconds, self.points, until)


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"api_version": "apiVersion"}):
    """The document. `exporter` is the version that wrote it."""

    api_version: Literal["singlepane/lags/v1"]
    written: datetime
    exporter: str
    lags: list[Line]


def lines(learnt: Iterable[Mapping[Place, Mapping[str, Evidence]]]) -> list[Line]:
    """What several states know together, in order; what says nothing yet is left out."""
    parts: dict[tuple[str, str, str], list[Evidence]] = {}
    for state in learnt:
        for (type, grain), regions in state.items():
            for region, each in regions.items():
                # States of earlier versions did not say where it was learnt.
                if region and each.until:
                    parts.setdefault((type, region, grain), []).append(each)
    found = {place: together(each) for place, each in sorted(parts.items())}
    return [
        Line(
            type=type,
            provider=provider(type),
            region=region,
            grain=grain,
            lag_seconds=float(waited(each)),
            wrong_seconds=round(each.wrong, 1),
            points=each.points,
            since=_moment(each.since),
            until=_moment(each.until),
        )
        for (type, region, grain), each in found.items()
        if each.points
    ]


def merged(tables: Iterable[Table]) -> list[Line]:
    """The lines of several tables. Of two that speak of the same, the one that was wrong at a greater age
    stays, then the newer one.
    """
    found: dict[tuple[str, str, str], Line] = {}
    for line in (line for table in tables for line in table.lags):
        place = (line.type, line.region, line.grain)
        other = found.get(place)
        if other is None or (line.wrong_seconds, line.until) > (other.wrong_seconds, other.until):
            found[place] = line
    return [found[place] for place in sorted(found)]


def document(found: list[Line], exporter: str, now: float) -> bytes:
    """The table as text; `exporter` is the version that writes it, `now` in Unix seconds."""
    return msgspec.json.format(msgspec.json.encode(Table(VERSION, _moment(now), exporter, found))) + b"\n"


def parse(text: bytes, now: float) -> Table:
    """The table in a text. Raises TableError, also where it is dated later than `now` (Unix seconds)."""
    try:
        table = msgspec.json.decode(text, type=Table)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise TableError(str(error)) from None
    if table.written.tzinfo is None or table.written.timestamp() > now + _AHEAD_SECONDS:
        raise TableError("the date is not past, or has no offset - at `$.written`")
    for number, line in enumerate(table.lags):
        for wrong, why in (
            (line.provider != provider(line.type), "the provider is the first part of the type"),
            (line.grain not in GRAIN_SECONDS, f"the grain is one of {', '.join(GRAIN_SECONDS)}"),
            (line.lag_seconds < line.wrong_seconds, "the lag is at least the age of a wrong reading"),
            (None in (line.since.tzinfo, line.until.tzinfo), "a time needs an offset, such as Z"),
        ):
            if wrong:
                raise TableError(f"{why} - at `$.lags[{number}]`")
        if line.until < line.since or line.until.timestamp() > now + _AHEAD_SECONDS:
            raise TableError(f"the dates are not in order, or not past - at `$.lags[{number}]`")
    return table


def load(path: Path, now: float) -> Table:
    """The table in a file. Raises OSError and TableError."""
    with path.open("rb") as file:
        text = file.read(_LONGEST_BYTES + 1)
    if len(text) > _LONGEST_BYTES:
        raise TableError("it is longer than any table of lags")
    return parse(text, now)


def store(path: Path, text: bytes) -> bool:
    """Put a document in a file, whole or not at all; whether that changed anything. Raises OSError."""
    if path.exists() and path.read_bytes() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return True


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
