"""Asks an executable for its version, once per file and process."""

from __future__ import annotations

import os
import subprocess
from functools import lru_cache
from pathlib import Path

from deploy.engines.spec import Engine


def printed_version(engine: Engine, path: Path) -> str | None:
    """The version it prints, or None if it does not run or prints none. Raises OSError when it is no file."""
    status = path.stat()
    output = _output(path, engine.asked, status.st_size, status.st_mtime_ns)
    return engine.version_in(output)


@lru_cache(maxsize=64)
def _output(path: Path, asked: str, size: int, changed: int) -> str:
    """What it prints when asked, on either stream; size and time of change are there to tell files apart."""
    try:
        done = subprocess.run(
            [path, asked],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + os.linesep + done.stderr if done.returncode == 0 else ""
