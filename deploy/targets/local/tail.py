"""Reading logs of components, while they are written or after."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from deploy.targets.local.logs import files


def read(path: Path, lines: int, *, follow: bool = False, poll: float = 0.25) -> Iterator[str]:
    """The last lines of a log, over as many files as that takes; then, with `follow`, new ones without end.

    `poll` is how many seconds it sleeps between two looks for new lines. A log that does not exist yet has no
    lines.
    """
    file = _open(path)
    found, rest = _lines(file, "")
    for older in list(files(path))[1:]:
        if len(found) >= lines:
            break
        # A change of files since the first look would bring the same one again.
        if file is not None and not _same(older, file) and (past := _open(older)) is not None:
            with past:
                found = past.read().splitlines() + found
    yield from found[-lines:] if lines else ()
    while follow:
        time.sleep(poll)
        # Asked before the last read, so that no line falls between the two.
        newer = _newer(path, file)
        found, rest = _lines(file, rest)
        yield from found
        if newer is not None:
            if file is not None:
                file.close()
            file = _open(newer)
            found, rest = _lines(file, rest)
            yield from found
    if file is not None:
        file.close()
    if rest:
        yield rest


def _open(path: Path) -> TextIO | None:
    try:
        return path.open(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _lines(file: TextIO | None, rest: str) -> tuple[list[str], str]:
    """Whole lines up to the end of the file, and the beginning of an unfinished one."""
    if file is None:
        return [], rest
    *whole, rest = (rest + file.read()).split("\n")
    return whole, rest


def _newer(path: Path, file: TextIO | None) -> Path | None:
    """The log's file right after this one; None while this one is the newest."""
    newer = None
    for candidate in files(path):
        if file is not None and _same(candidate, file):
            return newer
        if candidate.exists():
            newer = candidate
    return newer


def _same(path: Path, file: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
