"""The guard: runs the supervisor, and when that ends, however it ends, kills whatever it left behind.

Started as a script with only the standard library (`python -I -S guard.py COMMAND…`), so it is small and has
little that can go wrong. As the subreaper of everything below it (prctl(2)), it becomes the parent of
processes that lose theirs, even of those that left their session or process group.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# linux/prctl.h
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """What a child calls between fork and exec, so that it gets the signal when its parent thread ends.

    Everything is looked up here, before the fork: a child of fork should only make system calls.
    """
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        # The parent may have died before the call above.
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def _children() -> Iterator[int]:
    """Process ids of our children, from /proc/PID/stat (proc(5)): `pid (name) state ppid …`."""
    own = str(os.getpid())
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The name may hold spaces and parentheses; the last parenthesis ends it.
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if fields[1] == own:
                yield int(entry.name)


def main(command: list[str]) -> int:
    """Run `command` and return its exit code, or minus the signal that ended it. Nothing outlives it."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    arrange = die_with_parent(signal.SIGTERM)
    stops = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    # Held back until there is someone to pass them on to.
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    supervisor = os.fork()
    if supervisor == 0:
        arrange()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
        os.execv(command[0], command)  # noqa: S606 (no shell is the point)
    for stop in stops:
        signal.signal(stop, lambda number, _: os.kill(supervisor, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
    ended, status = os.wait()
    while ended != supervisor:
        ended, status = os.wait()
    for stop in stops:
        signal.signal(stop, signal.SIG_IGN)
    while True:
        for child in _children():
            os.kill(child, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(abs(main(sys.argv[1:])))
