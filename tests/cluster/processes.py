"""The processes of a cluster: each with a log, and none that outlives this one."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from deploy.targets.local.guard import die_with_parent
from tests.cluster.errors import ClusterError

# iptables and the like are not on everybody's PATH.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment() -> dict[str, str]:
    """What every process of a cluster gets: no proxy, no kubeconfig, nothing of the user's own."""
    return {"PATH": _PATH, "HOME": "/root", "LC_ALL": "C.UTF-8"}


class Process:
    """A started program. It must be started from a thread that stays: it is killed when that one ends."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name, self.log, self._command = name, log, command
        self._popen = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self._command,
                env=environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 (system calls only)
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def ended(self) -> bool:
        """Whether it has."""
        return self._popen.poll() is not None

    def expect_running(self) -> None:
        """Raises ClusterError with the end of its log when it has ended."""
        code = self._popen.poll()
        if code is not None:
            lines = self.log.read_text(errors="replace").splitlines()[-15:]
            raise ClusterError("\n    ".join((f"{self.name} ended with {code}:", *lines)))

    def end(self, seconds: float = 5) -> None:
        """Ask it to end, and kill it when it has not after so many seconds; 0 kills at once.

        One that has ended is left as it is.
        """
        if self._popen.poll() is not None:
            return
        if seconds:
            # What runs in a node is a child of the command that entered it.
            os.killpg(self.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(seconds)
        if self._popen.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self._popen.wait()

    def start_again(self) -> None:
        """Start it once more after its end, with the same command and log."""
        self._popen = self._start()
