"""Runs a build tool: its output line by line, and an end at once when the work is given up."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.2


class Cancelled(Exception):
    """The work was given up: a person interrupted it, or a build beside it failed."""


def run(
    arguments: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    heard: Callable[[str], None],
    cancelled: threading.Event,
) -> int:
    """Run a program in `folder` to its end and return its exit code (negative: the signal that ended it).

    `heard` gets every line it prints, of both streams. When `cancelled` is set, the program and all that it
    started are ended and Cancelled is raised. Raises OSError when it cannot be started.
    """
    process = subprocess.Popen(
        [str(argument) for argument in arguments],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # A group of its own, so that the compilers that it starts end with it.
        start_new_session=True,
    )
    try:
        _listen(process, heard, cancelled)
    except BaseException:
        _end(process)
        raise
    return process.wait()


def _listen(
    process: subprocess.Popen[bytes], heard: Callable[[str], None], cancelled: threading.Event
) -> None:
    """Hand on what it prints until its output ends. Raises Cancelled."""
    assert process.stdout is not None  # noqa: S101 - `run` opened it as a pipe
    rest = b""
    with process.stdout as stream:
        while True:
            if cancelled.is_set():
                raise Cancelled
            if not select.select([stream], [], [], _POLL_SECONDS)[0]:
                continue
            chunk = os.read(stream.fileno(), 65536)
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                heard(line.decode(errors="replace").rstrip("\r"))
    if rest:
        heard(rest.decode(errors="replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: asked first (so that go removes its work folder), killed after the grace time."""
    for number, grace in ((signal.SIGINT, _GRACE_SECONDS), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
