"""The state folder: where it is, how it is recognised, and how it goes.

STATE/singlepane.json          the mark: this folder is ours; its id and estate
STATE/lock                     held while anything of the run lives
STATE/control                  socket of the supervisor
STATE/status.json              estate.running.Deployment
STATE/files/<component>/…      rendered files
STATE/data/<component>/        the component's working folder; survives down and up
STATE/logs/<component>.log     its output
STATE/secrets/<name>           secrets of the stand-ins, made anew for each state folder
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from estate.errors import StateFolderError

_MARK = "singlepane.json"
_REMEDIES = {
    errno.EROFS: "The file system is read-only: pass --state with a folder that can be written.",
    errno.EACCES: "Pass --state with a folder that you may write.",
    errno.EPERM: "Pass --state with a folder that you may write.",
    errno.ENOTDIR: "A file is in the way: remove it, or pass --state with another folder.",
    errno.EEXIST: "A file is in the way: remove it, or pass --state with another folder.",
    errno.ENOSPC: "Make room, or pass --state with a folder on another disk.",
    errno.EDQUOT: "Make room in your quota, or pass --state with a folder on another disk.",
    errno.EFBIG: "Files may not grow beyond a limit (`ulimit -f`): raise it.",
}


@dataclass(frozen=True, slots=True)
class StateFolder:
    """A folder that carries our mark. `id` is made with the folder, so a folder made anew has another one."""

    path: Path
    id: str
    estate: str

    @property
    def lock(self) -> Path:
        """Held (flock) while anything of the run lives."""
        return self.path / "lock"

    @property
    def status(self) -> Path:
        """The last written Deployment."""
        return self.path / "status.json"

    def files(self, component: str) -> Path:
        """Where the rendered files of a component are."""
        return self.path / "files" / component

    def data(self, component: str) -> Path:
        """The working folder of a component."""
        return self.path / "data" / component

    def log(self, component: str) -> Path:
        """The newest log file of a component."""
        return self.path / "logs" / f"{component}.log"


def unusable(path: Path, error: OSError) -> StateFolderError:
    """A state folder that the system refuses, in words."""
    return StateFolderError(
        f"the state folder {path} cannot be used: {error.strerror or error}",
        _REMEDIES.get(error.errno or 0, "Pass --state with another folder."),
    )


def default_path(estate: str, environment: Mapping[str, str]) -> Path:
    """`$XDG_STATE_HOME/singlepane/<estate>` (XDG base directories 0.8: a relative value is ignored)."""
    home = environment.get("XDG_STATE_HOME", "")
    if not Path(home).is_absolute():
        home = str(Path(environment.get("HOME", "")) / ".local" / "state")
    if not Path(home).is_absolute():
        raise StateFolderError(
            "there is no place for the state folder: HOME is not set",
            "Set HOME or XDG_STATE_HOME, or pass --state with a folder.",
        )
    return Path(home) / "singlepane" / estate


def find(path: Path) -> StateFolder | None:
    """The state folder at `path`, or None where nothing carries our mark.

    Raises StateFolderError for a broken one.
    """
    try:
        mark = json.loads((path / _MARK).read_bytes())
        return StateFolder(path.resolve(), mark["id"], mark["estate"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unusable(path, error) from None
    except (ValueError, KeyError, TypeError):
        raise StateFolderError(
            f"{path / _MARK} is damaged, so {path} is not known to be a state folder",
            f"Look into {path}; if nothing in it matters, remove it yourself.",
        ) from None


def prepare(path: Path, estate: str) -> StateFolder:
    """The state folder at `path`, made where it is missing, and found fit to be written.

    Raises StateFolderError for a folder that is another estate's, that holds something else, or that the
    system refuses.
    """
    found = find(path)
    try:
        if found is None:
            found = _make(path, estate)
        for name in ("files", "data", "logs"):
            (found.path / name).mkdir(mode=0o700, exist_ok=True)
        # A full disk shows at the first byte, not when a file is made.
        replace(found.path / "trial", "trial\n", mode=0o600)
        (found.path / "trial").unlink()
    except OSError as error:
        raise unusable(path, error) from None
    if found.estate != estate:
        raise StateFolderError(
            f"the state folder {path} belongs to estate {found.estate}, not to {estate}",
            "Pass --state with another folder, or remove this one with "
            f"`singlepane down --purge --state {path}`.",
        )
    return found


def _make(path: Path, estate: str) -> StateFolder:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A first start cut short leaves the mark half made.
    if {entry.name for entry in path.iterdir()} - {_new(path / _MARK).name}:
        raise StateFolderError(
            f"{path} is not empty and is not a state folder of singlepane",
            "Pass --state with a folder that is empty or does not exist yet.",
        )
    folder = StateFolder(path.resolve(), uuid.uuid4().hex, estate)
    replace(path / _MARK, json.dumps({"id": folder.id, "estate": estate}) + "\n", mode=0o600)
    return folder


def remove(folder: StateFolder) -> None:
    """Remove the folder and all in it. The mark goes last, so that a purge cut short can be run again."""
    try:
        for entry in folder.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != _MARK:
                entry.unlink()
        (folder.path / _MARK).unlink()
        folder.path.rmdir()
    except OSError as error:
        raise unusable(folder.path, error) from None


def replace(path: Path, content: str, mode: int) -> None:
    """Write a file so that a reader sees the old or the new one whole.

    Raises OSError and leaves no half file.
    """
    new = _new(path)
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _new(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")
