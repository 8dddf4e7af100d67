"""Reading one file of an estate: bytes to text, or the finding that says why not."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from pathlib import Path

from estate.findings import Finding, Position
from estate.problems import finding

# An estate of 500 clusters takes about 200 kB.
LIMIT_BYTES = 4 * 1024 * 1024

# https://yaml.org/spec/1.2.2/#51-character-set, without the line ends that only YAML 1.1 knows.
_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
# Where a file's name stands in commands; one that is really named so has a folder before it.
STANDARD_INPUT = Path("-")
_OTHER_ENCODINGS = (
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# By errno: what to do about a file that cannot be opened.
_FIXES = {
    errno.EACCES: "check its permissions, and those of the folders above it",
    errno.EPERM: "check its permissions, and those of the folders above it",
    errno.ELOOP: "symbolic links lead in a circle: see them with ls -l, and name the file itself",
    errno.ENAMETOOLONG: "a name in the path is too long: check the path",
    errno.ENOTDIR: "a part of the path is a file, not a folder: check the path",
}


class Unreadable(Exception):
    """A file gave no text; `found` says why."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.message)
        self.found = found


def named(path: Path) -> str:
    """What a file given by a user is called in findings."""
    return "<stdin>" if path == STANDARD_INPUT else str(path)


def read(path: Path, shown: str, room: int = LIMIT_BYTES) -> tuple[str, list[Finding]]:
    """The text of a file, and warnings. Raises Unreadable.

    `shown` is the file's name in findings; `room` is how many bytes the estate may still take. The path
    `-` is standard input.
    """
    where = Position(shown)
    raw = _bytes(path, where, room)
    found = []
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        found.append(
            finding(
                "byte-order-mark",
                Position(shown, 1, 1),
                "the file begins with a byte order mark",
                "save it as UTF-8 without one",
            )
        )
    text = _text(raw, shown)
    if not text.strip():
        raise Unreadable(
            finding("file-empty", where, "the file is empty", "begin with apiVersion: singlepane/v1")
        )
    if refused := _REFUSED.search(text):
        raise Unreadable(
            finding(
                "control-character",
                _position(shown, text, refused.start()),
                f"the character U+{ord(refused[0]):04X} may not stand in a YAML file",
                "remove it",
            )
        )
    return text, found


def _bytes(path: Path, where: Position, room: int) -> bytes:
    if path == STANDARD_INPUT:
        raw = sys.stdin.buffer.read(room + 1)
        if len(raw) > room:
            raise Unreadable(_too_large(where, len(raw), room))
        return raw
    try:
        # Not blocking, because opening a pipe without a writer would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable(
                    finding("file-unreadable", where, "this is a device or a pipe", "name a file")
                )
            if status.st_size > room:
                raise Unreadable(_too_large(where, status.st_size, room))
            raw = file.read(room + 1)
    except FileNotFoundError:
        raise Unreadable(finding("file-missing", where, "there is no such file", "check the path")) from None
    except IsADirectoryError:
        raise Unreadable(
            finding("file-is-folder", where, "this is a folder", "name the estate file in it")
        ) from None
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        fix = _FIXES.get(number or 0, "check the path, and the disk that it is on")
        raise Unreadable(
            finding("file-unreadable", where, f"the file cannot be read: {reason}", fix)
        ) from None
    if len(raw) > room:
        raise Unreadable(_too_large(where, len(raw), room))
    return raw


def _too_large(where: Position, size: int, room: int) -> Finding:
    so_far = "" if room == LIMIT_BYTES else f", of which {LIMIT_BYTES - room:,} are used by other files"
    return finding(
        "file-too-large",
        where,
        f"the file has {size:,} bytes; an estate may have {LIMIT_BYTES:,} in all its files{so_far}",
        "nothing of it was read; is it an estate file?",
    )


def _text(raw: bytes, shown: str) -> str:
    for mark, encoding in _OTHER_ENCODINGS:
        if raw.startswith(mark):
            raise Unreadable(
                finding("not-utf-8", Position(shown), f"the file is {encoding}", "save it as UTF-8")
            )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        raise Unreadable(
            finding(
                "not-utf-8",
                _position(shown, before, len(before)),
                f"the byte 0x{raw[error.start]:02X} is not UTF-8",
                "save the file as UTF-8",
            )
        ) from None


def _position(shown: str, text: str, index: int) -> Position:
    lines = re.split(r"\r\n|\r|\n", text[:index])
    return Position(shown, len(lines), len(lines[-1]) + 1)
