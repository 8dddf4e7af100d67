"""An empty cache for each test, with the machine's own go command and Go's own caches beside it."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.engines import toolchain
from deploy.engines.progress import SILENT
from deploy.engines.toolchain import Go
from deploy.engines.work import Work
from tests.engines import tiny


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    """The go command that engines are built with here: from PATH, or the wheel in the user's real cache."""
    folder = tmp_path_factory.mktemp("go")
    return toolchain.go(Work(folder, folder, folder / "log", SILENT, threading.Event()))


@pytest.fixture
def cache(go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of engines; `go` is on PATH and keeps what it compiled where it always does."""
    kept = ("GOCACHE", "GOMODCACHE")
    said = subprocess.run([go.program, "env", *kept], capture_output=True, text=True, check=True)
    for name, value in zip(kept, said.stdout.split("\n"), strict=False):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{go.program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SINGLEPANE_ENGINE_PATH", raising=False)
    return tmp_path / "cache" / "singlepane"


@pytest.fixture
def held(cache: Path, go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that holds builds: `began` (with the process id) appears, `release` lets them go on."""
    folder = tmp_path / "held"
    folder.mkdir()
    program = folder / "go"
    program.write_text(tiny.HELD_GO.format(folder=folder, go=go.program))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    yield folder
    (folder / "release").touch()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; fails after a minute."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within a minute")
