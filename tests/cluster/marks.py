"""Marks: which clusters are on this machine, and what is left to be removed when the one that made them is
gone.

A mark is a file NUMBER.json in a folder of the machine. Whoever creates it owns that number, its networks,
its control groups and its folder. Processes, mounts and networks end with their owner in any case; folders
and groups do not.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from tests.cluster import cgroups
from tests.cluster.addresses import NUMBERS
from tests.cluster.errors import ClusterError

FOLDER = Path("/run/singlepane-clusters")


@dataclass(frozen=True, slots=True)
class Mark:
    """A cluster with its number and folder; `owner` is the process that runs it, `began` when that one
    started.
    """

    number: int
    name: str
    folder: str
    owner: int
    began: float

    @property
    def path(self) -> Path:
        """The file of the mark."""
        return FOLDER / f"{self.number}.json"

    @property
    def cgroup(self) -> str:
        """Name of the control group that belongs to it."""
        return f"singlepane-{self.number}"

    def orphaned(self) -> bool:
        """Whether the owner is gone; its id may be that of another process by now."""
        try:
            return bool(psutil.Process(self.owner).create_time() != self.began)
        except psutil.NoSuchProcess:
            return True


def claim(name: str, folder: Path) -> Mark:
    """The mark of a new cluster with the lowest free number. Raises ClusterError when all are taken."""
    FOLDER.mkdir(exist_ok=True)
    began = psutil.Process().create_time()
    for number in NUMBERS:
        mark = Mark(number, name, str(folder), os.getpid(), began)
        try:
            with mark.path.open("x") as file:
                json.dump(asdict(mark), file)
        except FileExistsError:
            continue
        return mark
    raise ClusterError(f"there are {len(NUMBERS)} clusters on this machine already ({FOLDER})")


def marks() -> list[Mark]:
    """All marks that are there. One that is being written is left out."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        try:
            found.append(Mark(**json.loads(path.read_text())))
        except (OSError, ValueError, TypeError):
            continue
    return found


def remove(mark: Mark) -> None:
    """Remove what a cluster whose processes have ended leaves, the mark last. Raises OSError."""
    cgroups.remove(mark.cgroup)
    if Path(mark.folder).exists():
        shutil.rmtree(mark.folder)
    mark.path.unlink(missing_ok=True)


def sweep() -> list[Mark]:
    """Remove what earlier owners left, however they ended; returns the marks of what was removed."""
    left = [mark for mark in marks() if mark.orphaned()]
    for mark in left:
        remove(mark)
    return left
