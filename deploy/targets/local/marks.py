"""Marks in the environment of every process we start, and ending those that nobody guards any more.

A recorded process id can come to mean another process after a crash or a reboot; the id of the state folder
in a process's environment cannot. It also finds what components started themselves.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

_RUN, _ESTATE, _COMPONENT = "SINGLEPANE_RUN", "SINGLEPANE_ESTATE", "SINGLEPANE_COMPONENT"


@dataclass(frozen=True, slots=True)
class Mark:
    """`run` is the id of the state folder."""

    run: str
    estate: str
    component: str

    def environment(self) -> dict[str, str]:
        """The variables that carry it."""
        return {_RUN: self.run, _ESTATE: self.estate, _COMPONENT: self.component}


def of(process: psutil.Process) -> Mark | None:
    """The mark of a process; None for one that has none, is gone, or is not ours to look into."""
    try:
        variables = process.environ()
    except (psutil.Error, OSError):
        return None
    if _RUN not in variables:
        return None
    return Mark(variables[_RUN], variables.get(_ESTATE, ""), variables.get(_COMPONENT, ""))


def processes(run: str) -> Iterator[psutil.Process]:
    """Living processes that carry the id of a state folder, except this one and those it runs under.

    The exception is for a shell that was itself started by a component.
    """
    above = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    for process in psutil.process_iter():
        mark = of(process)
        if mark is not None and mark.run == run and process.pid not in above:
            yield process


def end_all(run: str, seconds: float = 10.0) -> int:
    """Kill every process of a state folder that nobody guards any more; how many there were.

    Only to be called by who holds the lock of the folder. psutil compares creation times before it signals,
    so a process id that changed hands in between is left alone.
    """
    ended: dict[int, psutil.Process] = {}
    # What a dying process started a moment ago shows up in the next round only.
    while found := [process for process in processes(run) if process.pid not in ended]:
        for process in found:
            ended[process.pid] = process
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        until = time.monotonic() + seconds
        while any(map(_lives, found)) and time.monotonic() < until:
            time.sleep(0.02)
    return len(ended)


def _lives(process: psutil.Process) -> bool:
    """A zombie does not: where its new parent does not collect it, it stays one."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
