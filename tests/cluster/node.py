"""A node: namespaces of its own for mounts, processes, network and name, as a machine of a cloud would be.

All of it hangs on one process. When that ends, the kernel ends every container, unmounts every mount and
takes the network away, also after SIGKILL of whoever started it: `pid_namespaces(7)`, `unshare(1) --kill-
child`.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.cluster.addresses import Addresses
from tests.cluster.errors import ClusterError
from tests.cluster.processes import Process, environment

_NAMESPACES = ("--mount", "--net", "--uts", "--pid")


class Node:
    """A node that is there, with nothing running in it yet.

    Its /var is `folder`/var and its /run is empty, so that containerd and kubelet keep to their usual paths.
    Raises ClusterError.
    """

    def __init__(self, name: str, addresses: Addresses, pause: Path, folder: Path) -> None:
        self.name, self.addresses, self.folder = name, addresses, folder
        for below in (
            "tmp",
            "log",
            "lib/kubernetes/pki",
            "lib/cni/net.d",
            "lib/kubelet",
            "lib/containerd",
            "bin",
        ):
            (folder / "var" / below).mkdir(parents=True, exist_ok=True)
        (folder / "var" / "run").symlink_to("/run")
        unshared = (
            "unshare",
            *_NAMESPACES,
            "--propagation=private",
            "--fork",
            "--kill-child",
            "--mount-proc",
        )
        self._holder = Process("node", (*unshared, str(pause)), folder / "node.log")
        self._first = self._wait(pause)
        for command in (
            # Host paths of pods may ask for mounts to come through.
            ("mount", "--make-rshared", "/"),
            ("mount", "--bind", str(folder / "var"), "/var"),
            ("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run"),
            ("hostname", name),
        ):
            self.run(*command)
        self._connect()

    def command(self, *command: str) -> tuple[str, ...]:
        """The command line that runs a command in the node."""
        return ("nsenter", f"--target={self._first}", *_NAMESPACES, "--", *command)

    def run(self, *command: str) -> str:
        """What a command in the node prints. Raises ClusterError when it fails."""
        return run(*self.command(*command))

    def end(self) -> None:
        """End all that runs in it, and wait until it is gone."""
        first = psutil.Process(self._first) if psutil.pid_exists(self._first) else None
        self._holder.end(seconds=0)
        if first is not None:
            first.wait(30)

    def _wait(self, pause: Path) -> int:
        for _ in range(500):
            self._holder.expect_running()
            for child in psutil.Process(self._holder.pid).children():
                if child.exe() == str(pause.resolve()):
                    return int(child.pid)
            time.sleep(0.02)
        raise ClusterError("the namespaces of a node could not be made within 10 s")

    def _connect(self) -> None:
        """A link between this machine and the node, and the routes over it; they go with the node."""
        ours, addresses = f"singlepane{self.addresses.number}", self.addresses
        peer = ("peer", "name", "eth0", "netns", str(self._first))
        # Of an earlier node with this number the kernel may still be taking the link away.
        _run(("ip", "link", "delete", ours))
        run("ip", "link", "add", ours, "type", "veth", *peer)
        run("ip", "address", "add", f"{addresses.machine}/30", "dev", ours)
        run("ip", "link", "set", ours, "up")
        self.run("ip", "address", "add", f"{addresses.node}/30", "dev", "eth0")
        for device in ("lo", "eth0"):
            self.run("ip", "link", "set", device, "up")
        self.run("ip", "route", "add", "default", "via", addresses.machine)
        for network in addresses.routed:
            run("ip", "route", "add", network, "via", addresses.node)
        forward = "echo 1 > /proc/sys/net/ipv4/ip_forward"
        run("sh", "-c", forward)
        self.run("sh", "-c", forward)


def run(*command: str) -> str:
    """What a command prints. Raises ClusterError when it fails."""
    done = _run(command)
    if done.returncode:
        raise ClusterError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(), capture_output=True, text=True, check=False, timeout=300
    )
