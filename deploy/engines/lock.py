"""One builder per engine at a time: a lock on a file, which the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.engines.process import Cancelled
from deploy.engines.progress import Progress, Step

_POLL_SECONDS = 0.2


@contextmanager
def held(path: Path, step: Step, progress: Progress, cancelled: threading.Event) -> Iterator[None]:
    """Hold the lock file at `path`; while another process has it, `step` (waiting) is shown.

    Raises Cancelled while waiting, and OSError when the file cannot be made or the file system knows no
    locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if not _taken(descriptor):
            begun = time.monotonic()
            progress.started(step)
            while not _taken(descriptor):
                if cancelled.wait(_POLL_SECONDS):
                    progress.failed(step, time.monotonic() - begun)
                    raise Cancelled
            progress.done(step, time.monotonic() - begun)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
