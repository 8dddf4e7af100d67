"""Documents that others write into the state folder: what runs, and the last verification."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import psutil
from pydantic import TypeAdapter

from estate.running import Deployment

# A status of 5,000 components is about 3 MB.
LARGEST = 64 * 2**20

Value = TypeVar("Value")
_DEPLOYMENT = TypeAdapter(Deployment)


@dataclass(frozen=True, slots=True)
class Reading(Generic[Value]):
    """What a file held when it was last readable.

    `value` is None when there was never anything to read; `changed` is when the file last changed (Unix
    seconds); `problem` says why the file as it is now cannot be read, and is empty when it can, or when
    there is none.
    """

    value: Value | None = None
    changed: float = 0.0
    problem: str = ""


class Recorded(Generic[Value]):
    """One file and how to read it. `parse` raises ValueError, KeyError or TypeError for another shape."""

    def __init__(self, path: Path, parse: Callable[[bytes], Value]) -> None:
        self.path = path
        self._parse = parse
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._last: Reading[Value] = Reading()

    def read(self) -> Reading[Value]:
        """The file as it is now; while it cannot be read, the last good value with the problem."""
        with self._lock:
            try:
                with self.path.open("rb") as file:
                    stat = os.fstat(file.fileno())
                    seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                    if seen == self._seen:
                        return self._last
                    if stat.st_size > LARGEST:
                        raise ValueError(f"it has {stat.st_size} bytes, more than {LARGEST}")
                    self._last = Reading(self._parse(file.read()), stat.st_mtime)
                    self._seen = seen
            except FileNotFoundError:
                # After `down --purge` there is nothing any more, and that is no fault.
                self._last, self._seen = Reading(), None
            except (OSError, ValueError, KeyError, TypeError) as error:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                problem = f"{self.path.name} cannot be read: {reason}"
                self._last, self._seen = Reading(self._last.value, self._last.changed, problem), None
            return self._last


def deployment(content: bytes) -> Deployment:
    """What runs, from `status.json`. Raises ValueError for another shape."""
    return _DEPLOYMENT.validate_json(content)


def supervisor_alive(running: Deployment) -> bool:
    """Whether the supervisor that wrote this still runs.

    Targets without one on this machine are taken at their word.
    """
    if running.target != "local":
        return True
    try:
        process = psutil.Process(running.supervisor_pid)
        # A process that began later took over the number of the one that wrote.
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.create_time() <= running.supervisor_started + 2
        )
    except (psutil.NoSuchProcess, ValueError):
        return False
    except psutil.AccessDenied:
        return True
