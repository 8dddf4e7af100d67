"""What a scrape answers with: bytes, ready before anybody asks, plain and gzipped, in both formats.

The exposition is made of parts (the collectors' data, the exporter's own metrics), each rendered and
compressed when it changes. Compressed parts join without being compressed again: a deflate stream may be cut
where the compressor was flushed (RFC 1951), and the whole is one gzip member (RFC 1952), since many clients
read no more than the first. The samples of a large family are the same in both formats, so they are rendered,
compressed and kept once for both; nothing is joined before somebody asks for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exporters.exposition.metrics import Family, blocks
from exporters.exposition.negotiate import Format

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_EMPTY_BLOCK = b"\x03\x00"
_EOF = b"# EOF\n"
# Measured on 100,000 series (17 MB to 0.8 MB): levels above 4 cost time and save under one percent.
_LEVEL = 4
# A piece of its own costs a compressor (0.25 MB for a moment) and some bytes.
_LARGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes, and the same as deflate blocks that end at a flush."""

    plain: bytes
    deflated: bytes


def piece(plain: bytes) -> Piece:
    """Compress once."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Piece(plain, compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH))


@dataclass(frozen=True, slots=True)
class Part:
    """Families rendered in both formats."""

    text: tuple[Piece, ...]
    openmetrics: tuple[Piece, ...]
    series: int


def part(families: Iterable[Family]) -> Part:
    """Render and compress families; see `metrics.blocks` for what they must keep to."""
    text, openmetrics = _Growing(), _Growing()
    series = 0
    for block in blocks(families):
        series += block.series
        text.add(block.text_head)
        openmetrics.add(block.openmetrics_head)
        if block.text is block.openmetrics and len(block.text) >= _LARGE:
            shared = piece(block.text.encode())
            text.put(shared)
            openmetrics.put(shared)
        else:
            text.add(block.text)
            openmetrics.add(block.openmetrics)
    return Part(tuple(text.all()), tuple(openmetrics.all()), series)


class _Growing:
    """Pieces in the making: what is small is compressed together."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._small: list[str] = []

    def add(self, text: str) -> None:
        self._small.append(text)

    def put(self, large: Piece) -> None:
        self._close()
        self._pieces.append(large)

    def all(self) -> Iterator[Piece]:
        self._close()
        yield from self._pieces

    def _close(self) -> None:
        if self._small:
            self._pieces.append(piece("".join(self._small).encode()))
            self._small = []


@dataclass(frozen=True, slots=True)
class Body:
    """One format, ready to be sent: gzipped, and plain in pieces."""

    pieces: tuple[bytes, ...]
    gzipped: bytes

    @property
    def plain(self) -> bytes:
        """The pieces joined, anew each time: hardly any scraper asks for it."""
        return b"".join(self.pieces)


def body(pieces: Iterable[Piece]) -> Body:
    """Pieces joined: plain bytes, and one gzip member that unpacks to them."""
    pieces = tuple(pieces)
    checksum = size = 0
    for each in pieces:
        checksum = zlib.crc32(each.plain, checksum)
        size += len(each.plain)
    trailer = checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    gzipped = b"".join((_HEADER, *(each.deflated for each in pieces), _LAST_EMPTY_BLOCK, trailer))
    return Body(tuple(each.plain for each in pieces), gzipped)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that `/metrics` can answer until the next refresh. `made` is when its values were taken (Unix
    seconds).
    """

    bodies: dict[Format, Body]
    series: int
    made: float


def snapshot(parts: Iterable[Part], made: float) -> Snapshot:
    """Join parts whose families have no name in common."""
    parts = tuple(parts)
    end = piece(_EOF)
    return Snapshot(
        {
            "text": body(piece for each in parts for piece in each.text),
            "openmetrics": body([*(piece for each in parts for piece in each.openmetrics), end]),
        },
        sum(each.series for each in parts),
        made,
    )
