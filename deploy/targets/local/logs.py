"""Logs of components: written by the supervisor in files of bounded size, read by the command line.

`NAME.log` is the newest, `NAME.log.1` the one before it, and so on; files change over between two lines.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

# At most FILES * SIZE bytes per component.
SIZE = 4 << 20
FILES = 4
# Lines kept in memory, for the error of a component that gave up while the disk was full.
_KEPT = 50


class Log:
    """One component's log. Trouble with the disk never reaches the component: lost output is counted.

    `trouble` is called with a sentence when writing starts to fail, and with "" when it works again.
    """

    def __init__(
        self, path: Path, trouble: Callable[[str], None], size: int = SIZE, files: int = FILES
    ) -> None:
        self._path, self._trouble = path, trouble
        self._size, self._files = size, files
        self._file: int | None = None
        self._written = 0
        self._lost = 0
        self._rest = b""
        self._last: deque[bytes] = deque(maxlen=_KEPT)

    def write(self, data: bytes) -> None:
        """Output as it comes; an unfinished line waits for its end."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        # A line without end would otherwise grow in memory.
        if len(self._rest) > 1 << 16:
            lines.append(self._rest)
            self._rest = b""
        if lines:
            self._keep([line + b"\n" for line in lines])

    def say(self, line: str) -> None:
        """A line of the supervisor's own among the component's."""
        self.flush()
        self.write(f"-- {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}\n".encode())

    def flush(self) -> None:
        """End an unfinished line: its process is gone."""
        if self._rest:
            self.write(b"\n")

    def last(self, count: int) -> tuple[str, ...]:
        """The last lines, whatever the disk did."""
        return tuple(line.decode(errors="replace").rstrip() for line in list(self._last)[-count:])

    def close(self) -> None:
        """Let go of the file; writing opens it again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _keep(self, lines: list[bytes]) -> None:
        self._last.extend(lines)
        block: list[bytes] = []
        size = 0
        for line in lines:
            if block and self._written + size + len(line) > self._size:
                self._append(b"".join(block))
                block, size = [], 0
            block.append(line)
            size += len(line)
        self._append(b"".join(block))

    def _append(self, block: bytes) -> None:
        try:
            file = self._file if self._file is not None else self._open()
            if self._written and self._written + len(block) > self._size:
                file = self._rotate()
            if self._lost:
                note = f"\n-- {self._lost} bytes of output were lost here: there was no place for them\n"
                self._put(file, note.encode())
            self._put(file, block)
        except OSError as error:
            self._lost += len(block)
            self._trouble(f"{self._path} cannot be written: {error.strerror}; output is being lost")
            self.close()
            return
        if self._lost:
            self._lost = 0
            self._trouble("")

    def _open(self) -> int:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._written = os.fstat(self._file).st_size
        return self._file

    def _rotate(self) -> int:
        self.close()
        for next_place, place in pairwise(reversed(list(files(self._path, self._files)))):
            if place.exists():
                place.replace(next_place)
        return self._open()

    def _put(self, file: int, block: bytes) -> None:
        view = memoryview(block)
        while view:
            count = os.write(file, view)
            self._written += count
            view = view[count:]


def files(path: Path, count: int = FILES) -> Iterator[Path]:
    """The files of one log, the newest first; those that were not needed yet do not exist."""
    yield path
    for number in range(1, count):
        yield path.with_name(f"{path.name}.{number}")
