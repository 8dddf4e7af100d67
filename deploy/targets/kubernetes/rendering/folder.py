"""Rendered files on disk: a folder that holds what was rendered last and nothing older."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from estate.errors import UsageError

# Names the files that we wrote, so that only those are ever deleted.
INDEX = ".singlepane.json"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, and the files in it that an earlier render wrote."""

    path: Path
    before: tuple[str, ...]

    def put(self, made: Iterable[tuple[str, str]]) -> list[tuple[str, bool]]:
        """Write files, given as path and content: each path, and whether the file was not so already."""
        folders: set[Path] = set()
        return [(path, self._put(self.path / path, content.encode(), folders)) for path, content in made]

    def _put(self, target: Path, data: bytes, folders: set[Path]) -> bool:
        """`folders`: those that were made meanwhile."""
        folder = target.parent
        try:
            if target.read_bytes() == data:
                return False
        except OSError:
            if folder not in folders:
                folder.mkdir(parents=True, exist_ok=True)
                folders.add(folder)
        part = folder / f".{target.name}.part"
        part.write_bytes(data)
        part.rename(target)
        return True

    def close(self, paths: Sequence[str]) -> int:
        """Take away what an earlier render wrote and is not among these paths: how many."""
        kept = set(paths)
        gone = [path for path in self.before if path not in kept]
        for path in gone:
            (self.path / path).unlink(missing_ok=True)
            parent = (self.path / path).parent
            if parent != self.path and parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        (self.path / INDEX).write_text(json.dumps({"files": sorted(kept)}, indent=2) + "\n")
        return len(gone)


def opened(path: Path) -> Folder:
    """The folder, made where it is missing. Raises UsageError for one that holds other things."""
    return Folder(path, tuple(_before(path)))


def _before(folder: Path) -> list[str]:
    index = folder / INDEX
    if index.is_file():
        try:
            rows = json.loads(index.read_text())["files"]
        except (ValueError, KeyError, TypeError):
            raise UsageError(
                f"{index} is not as an earlier render wrote it: what is to be deleted is not known",
                "Name another folder, or delete this one.",
            ) from None
        # Never outside the folder, whatever somebody wrote into the index.
        return [path for path in rows if (folder / path).resolve().is_relative_to(folder.resolve())]
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} holds files that were not rendered here",
            "Name an empty folder, or one that an earlier render made.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    # From now on it is known as ours, also if this render is killed.
    index.write_text(json.dumps({"files": []}) + "\n")
    return []
