"""What an estate that is left alone takes: memory, processor time and disk, looked at from outside."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.targets.local import marks
from tests.verify.running import RunningEstate

OTHERS = "supervisor and guard"


@dataclass(frozen=True, slots=True)
class Sample:
    """An estate at one moment, `at` seconds after its start.

    `resident` and `proportional` are bytes by component: pages that several processes share count for each
    of them in the one and once in the other. `processor` is seconds by component so far; those of
    processes that have ended are the supervisor's; `disk` is bytes that the state folder takes.
    """

    at: float
    resident: dict[str, float]
    proportional: dict[str, float]
    processor: dict[str, float]
    disk: float

    @property
    def memory(self) -> float:
        """Resident bytes of the whole estate."""
        return sum(self.resident.values())


def sample(estate: RunningEstate, began: float) -> Sample:
    """Look at every process and file of the estate; `began` is its start on the monotonic clock."""
    resident: defaultdict[str, float] = defaultdict(float)
    proportional: defaultdict[str, float] = defaultdict(float)
    processor: defaultdict[str, float] = defaultdict(float)
    for process in estate.processes():
        try:
            mark = marks.of(process)
            memory, times = process.memory_full_info(), process.cpu_times()
        except psutil.Error:
            continue
        name = mark.component if mark and mark.component else OTHERS
        resident[name] += memory.rss
        proportional[name] += memory.pss
        # A process keeps account of its children once they have ended.
        processor[name] += times.user + times.system + times.children_user + times.children_system
    return Sample(
        at=time.monotonic() - began,
        resident=dict(resident),
        proportional=dict(proportional),
        processor=dict(processor),
        disk=float(sum(_sizes(estate.state))),
    )


def _sizes(folder: Path) -> Iterator[int]:
    """Bytes that each file below takes; what goes away meanwhile counts as nothing."""
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                yield os.lstat(Path(root) / name).st_blocks * 512
            except OSError:
                continue
