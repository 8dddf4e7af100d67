"""Rendered files on disk, right before the process that reads them starts."""

from __future__ import annotations

from pathlib import Path

from deploy.targets.local.folder import replace
from deploy.targets.local.launch import Launch


def write(launch: Launch) -> None:
    """The files and folders that a launch needs; files it no longer has are removed. Raises OSError."""
    Path(launch.data).mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(launch.folder)
    for file in launch.files:
        path = folder / file.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(path, file.content, 0o600 if file.secret else 0o644)
    wanted = {folder / file.path for file in launch.files}
    for path in list(folder.rglob("*")):
        if path not in wanted and not path.is_dir():
            path.unlink()
