"""Files that a command about dashboards is given: folders opened, texts read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from dashboards.reading.read import LARGEST
from estate.errors import UsageError
from estate.findings import Finding, Position
from estate.source import STANDARD_INPUT, named


def listed(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and every `.json` in the folders. Raises UsageError for what is not there."""
    for path in paths:
        if path == STANDARD_INPUT or path.is_file():
            yield path
        elif path.is_dir():
            found = sorted(each for each in path.rglob("*.json") if each.is_file())
            if not found:
                raise UsageError(f"{path} holds no .json file", "name the folder of the dashboards")
            yield from found
        else:
            raise UsageError(f"{path} is no file and no folder", "check the path")


def text(path: Path) -> str | Finding:
    """What a file holds, or the finding that says why it holds no text."""
    where = Position(named(path))
    try:
        raw = sys.stdin.buffer.read() if path == STANDARD_INPUT else _bytes(path)
    except OSError as error:
        return Finding("D-01", "error", where, "", f"it cannot be read: {error.strerror}", "check its rights")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        place = Position(where.file, line, 1)
        return Finding("D-01", "error", place, "", "it is no text in UTF-8", "save it as UTF-8")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        # One byte more than is read as a dashboard, which then says that it is too large.
        return file.read(4 * LARGEST + 1)


def given(path: Path) -> str:
    """A file beside the dashboards: rules, a catalogue, exceptions. Raises UsageError."""
    found = text(path)
    if isinstance(found, Finding):
        raise UsageError(f"{named(path)}: {found.message}", found.fix)
    return found
