"""Logs: bounded, whole lines, nothing lost between files, readable while written."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.targets.local import tail
from deploy.targets.local.logs import Log, files


class Troubles(list[str]):
    """Takes what a log complains about."""

    def __call__(self, trouble: str) -> None:
        self.append(trouble)


def log(path: Path, size: int = 100, count: int = 3) -> tuple[Log, Troubles]:
    """A log with small files."""
    troubles = Troubles()
    return Log(path, troubles, size, count), troubles


def kept(path: Path, count: int = 3) -> str:
    """All that is on disk, the oldest first."""
    return "".join(
        file.read_text(encoding="utf-8") for file in reversed(list(files(path, count))) if file.exists()
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=40), st.integers(1, 97))
def test_lines_stay_whole_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], cut: int
) -> None:
    """However output is cut into pieces, files hold the newest whole lines, and no file is over its size."""
    path = tmp_path_factory.mktemp("logs") / "one.log"
    written, troubles = log(path)
    lines = [f"{number:03d} {'x' * length}\n" for number, length in enumerate(lengths)]
    data = "".join(lines).encode()
    for start in range(0, len(data), cut):
        written.write(data[start : start + cut])
    text = kept(path)
    assert "".join(lines).endswith(text)
    assert text.startswith(tuple(lines)) or not text
    assert all(file.stat().st_size <= 100 for file in files(path, 3) if file.exists())
    assert len(text) >= min(len(data), 200 - 2 * 66)
    assert troubles == []


def test_unfinished_line_is_kept_when_its_process_ends(tmp_path: Path) -> None:
    """The last words of a crash often lack their line break."""
    written, _ = log(tmp_path / "one.log", 1000)
    written.write(b"panic: no")
    assert kept(tmp_path / "one.log") == ""
    written.flush()
    written.flush()
    assert kept(tmp_path / "one.log") == "panic: no\n"
    assert written.last(5) == ("panic: no",)


def test_line_without_end_does_not_grow_in_memory(tmp_path: Path) -> None:
    """Output without line breaks is written in pieces."""
    written, _ = log(tmp_path / "one.log", 1 << 20)
    for _ in range(5):
        written.write(b"y" * 40_000)
    assert (tmp_path / "one.log").stat().st_size >= 100_000


def test_restart_goes_on_in_the_same_file(tmp_path: Path) -> None:
    """A log that is closed and opened again appends."""
    for word in ("one", "two"):
        written, _ = log(tmp_path / "one.log")
        written.write(f"{word}\n".encode())
        written.close()
    assert kept(tmp_path / "one.log") == "one\ntwo\n"


def test_full_disk_is_said_once_and_the_loss_is_noted(tmp_path: Path) -> None:
    """Output that has no place is counted; when there is room again, the log says how much is missing."""
    path = tmp_path / "logs" / "one.log"
    path.parent.mkdir()
    path.symlink_to("/dev/full")
    written, troubles = log(path, 1000)
    written.write(b"lost\n")
    written.write(b"also lost\n")
    assert set(troubles) == {f"{path} cannot be written: No space left on device; output is being lost"}
    assert written.last(2) == ("lost", "also lost")
    path.unlink()
    written.write(b"back\n")
    assert troubles[-1] == ""
    assert kept(path) == "\n-- 15 bytes of output were lost here: there was no place for them\nback\n"


def test_last_lines_over_several_files(tmp_path: Path) -> None:
    """Reading goes back over as many files as the lines take."""
    path = tmp_path / "one.log"
    written, _ = log(path, 30)
    written.write(b"".join(b"line %d\n" % number for number in range(12)))
    assert list(tail.read(path, 5)) == [f"line {number}" for number in range(7, 12)]
    assert list(tail.read(path, 0)) == []
    assert list(tail.read(tmp_path / "none.log", 5)) == []


def test_following_misses_no_line_when_files_change(tmp_path: Path) -> None:
    """New lines come once and in order, although the log changes files several times between two looks."""
    path = tmp_path / "one.log"
    written, _ = log(path, 40, 4)
    written.write(b"before\n")
    lines = tail.read(path, 1, follow=True, poll=0)
    assert next(lines) == "before"
    seen = []
    for number in range(30):
        written.write(f"line {number:03d} a\nline {number:03d} b\nline {number:03d} c\n".encode())
        seen += list(itertools.islice(lines, 3))
    assert seen == [f"line {number:03d} {letter}" for number in range(30) for letter in "abc"]


def test_following_a_log_that_does_not_exist_yet(tmp_path: Path) -> None:
    """A component that has not started yet can be followed."""
    path = tmp_path / "one.log"
    written, _ = log(path)
    lines = tail.read(path, 10, follow=True, poll=0)
    written.write(b"first\n")
    assert next(lines) == "first"
