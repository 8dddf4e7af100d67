"""The end of child processes, told before their process ids are free for others."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable


class Reaper:
    """Calls back when a child has ended. One per event loop: it takes SIGCHLD.

    The child is left as a zombie, which keeps its process id, and thereby its group's id, from coming to mean
    another process: whoever is called signals the group first and collects the child then.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._watched: dict[int, Callable[[], None]] = {}
        loop.add_signal_handler(signal.SIGCHLD, self._look)

    def watch(self, pid: int, ended: Callable[[], None]) -> None:
        """Call `ended` once, soon after the child has ended, even if that was before this call."""
        self._watched[pid] = ended
        self._loop.call_soon(self._look)

    def close(self) -> None:
        """Give SIGCHLD back."""
        self._loop.remove_signal_handler(signal.SIGCHLD)

    def _look(self) -> None:
        # Signals of several children that end together may arrive as one.
        for pid in list(self._watched):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                self._watched.pop(pid)()
