"""The control groups of a node: one of its own in every hierarchy, below the root, for the kubelet to put
pods in.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")


def _hierarchies() -> Iterator[Path]:
    """The one of version 2, or all of version 1 (cgroups(7)); in the mixed setup those of version 1 count."""
    if (_ROOT / "cgroup.controllers").exists():
        yield _ROOT
        return
    for path in sorted(_ROOT.iterdir()):
        if path.is_dir() and not path.is_symlink() and (path / "cgroup.procs").exists():
            yield path


def make(name: str) -> None:
    """Make the group with all that its children may use. Raises OSError."""
    for hierarchy in _hierarchies():
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        if (hierarchy / "cgroup.controllers").exists():
            for above in (hierarchy, group):
                for controller in (above / "cgroup.controllers").read_text().split():
                    (above / "cgroup.subtree_control").write_text(f"+{controller}")
        for file in ("cpuset.cpus", "cpuset.mems"):
            # In version 1 a new group may use nothing until it is told what.
            if hierarchy.name.startswith("cpuset") and (hierarchy / file).exists():
                (group / file).write_text((hierarchy / file).read_text())


def remove(name: str, seconds: float = 20) -> None:
    """Remove the group and all below it; processes that end get so many seconds. Raises OSError."""
    deadline = time.monotonic() + seconds
    for hierarchy in _hierarchies():
        while (hierarchy / name).exists():
            try:
                for folder, _, _ in os.walk(hierarchy / name, topdown=False):
                    Path(folder).rmdir()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
