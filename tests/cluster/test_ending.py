"""A cluster is gone when it is over, and also when whoever ran it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.cluster import marks
from tests.cluster.api import until
from tests.cluster.marks import Mark

pytestmark = pytest.mark.usefixtures("cluster_machine")


def using(folder: Path) -> Iterator[str]:
    """Command lines of processes that name something in the folder, and of all in control groups of it."""
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(folder) in line and process.pid != os.getpid():
            yield line


def left(mark: Mark) -> list[str]:
    """What is still there of a cluster."""
    groups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{mark.cgroup}")]
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if mark.folder in line]
    device = Path(f"/sys/class/net/singlepane{mark.number}")
    files = [path for path in (Path(mark.folder), mark.path, device) if path.exists()]
    return [*using(Path(mark.folder)), *groups, *mounts, *map(str, files)]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_nothing_is_left(how: signal.Signals, tmp_path: Path) -> None:
    """Told to end, the command removes all; killed, processes and mounts go with it, and `sweep` takes the
    rest.
    """
    folder = tmp_path / "clusters"
    command = (sys.executable, "-m", "tests.cluster", "up", "--clusters", "short", "--folder", str(folder))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as up:
        assert up.stdout is not None
        assert up.stdout.readline() == f"{folder / 'kubeconfig'}\n"
        (mark,) = (mark for mark in marks.marks() if mark.name == "short")
        assert len(left(mark)) > 10
        up.send_signal(how)
    if how is signal.SIGKILL:
        until(lambda: not list(using(Path(mark.folder))), "the end of all processes", 30)
        assert not [line for line in Path("/proc/mounts").read_text().splitlines() if mark.folder in line]
        assert mark in marks.sweep()
    assert left(mark) == []
