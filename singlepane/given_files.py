"""Files that a linter is given: folders opened, texts read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboards.reading.read import LARGEST
from estate.errors import UsageError
from estate.findings import Finding, Position
from estate.source import STANDARD_INPUT, named


@dataclass(frozen=True, slots=True)
class Kind:
    """What files are: their `plural`, the `endings` of their names, the `code` of a finding about one that
    cannot be read, and how many bytes are read at most.
    """

    plural: str
    endings: tuple[str, ...]
    code: str
    most: int


# One byte more than is read as a dashboard, which then says that it is too large.
DASHBOARDS = Kind("dashboards", (".json",), "D-01", 4 * LARGEST + 1)


def listed(paths: Iterable[Path], kind: Kind = DASHBOARDS) -> Iterator[Path]:
    """The files themselves, and those in the folders by their endings. Raises UsageError for what is not
    there.
    """
    for path in paths:
        if path == STANDARD_INPUT or path.is_file():
            yield path
        elif path.is_dir():
            found = sorted(each for each in path.rglob("*") if each.suffix in kind.endings and each.is_file())
            if not found:
                endings = " and no ".join(kind.endings)
                raise UsageError(f"{path} holds no {endings} file", f"name the folder of the {kind.plural}")
            yield from found
        else:
            raise UsageError(f"{path} is no file and no folder", "check the path")


def text(path: Path, kind: Kind = DASHBOARDS) -> str | Finding:
    """What a file holds, or the finding that says why it holds no text."""
    where = Position(named(path))
    try:
        raw = sys.stdin.buffer.read() if path == STANDARD_INPUT else _bytes(path, kind.most)
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        return Finding(kind.code, "error", where, "", message, "check its rights")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        place = Position(where.file, line, 1)
        return Finding(kind.code, "error", place, "", "it is no text in UTF-8", "save it as UTF-8")


def _bytes(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most)


def given(path: Path) -> str:
    """A file beside the dashboards: rules, a catalogue, exceptions. Raises UsageError."""
    found = text(path)
    if isinstance(found, Finding):
        raise UsageError(f"{named(path)}: {found.message}", found.fix)
    return found
