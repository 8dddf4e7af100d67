"""A file system of its own for a state folder: small, and read-only on demand.

It is mounted in a mount namespace of this process alone, so nothing outside sees it, and it is gone with the
process. That needs root or user namespaces; `enter` starts the drill anew inside one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.drill.drill import Lost

_INSIDE = "SINGLEPANE_DRILL_NAMESPACE"


def inside() -> bool:
    """Whether this process was started by `enter`."""
    return _INSIDE in os.environ


def enter(drill: str) -> int | None:
    """Run one drill anew inside a mount namespace and give its exit code; None when this is inside.

    Raises Lost where the system allows no namespace.
    """
    if inside():
        return None
    command = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        command = ["unshare", "--map-root-user", "--mount", "--propagation", "private"]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise Lost("this system allows no mount namespace: run the drill as root") from None
    environment = {**os.environ, _INSIDE: "1"}
    return subprocess.run(
        [*command, sys.executable, "-m", "tests.drill", drill], env=environment, check=False
    ).returncode


def mount(at: Path, megabytes: int) -> None:
    """A file system in memory of that size."""
    at.mkdir(parents=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(at))


def read_only(at: Path, on: bool) -> None:
    """Make it read-only, or writable again; nothing may be open for writing."""
    _run("mount", "-o", "remount,ro" if on else "remount,rw", str(at))


def unmount(at: Path) -> None:
    """Take it away, with all that is on it."""
    _run("umount", "--lazy", str(at))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Lost(f"{' '.join(command)}: {done.stderr.strip()}")
