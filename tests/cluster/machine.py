"""What this machine must have to run containers, and how it gets what Debian packages bring."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.cluster.processes import environment

# Program or file, and the Debian package that brings it.
PLUGINS = Path("/usr/lib/cni")
_NEEDED = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "iptables": "iptables",
    "ip": "iproute2",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    str(PLUGINS / "ptp"): "containernetworking-plugins",
}


def refusal() -> str | None:
    """Why no cluster can run here, or None. As root on a Debian system it installs what is missing first."""
    if os.geteuid() != 0:
        return "only root may make namespaces, networks and control groups: run the tests as root"
    if packages := _missing():
        _install(packages)
    if packages := _missing():
        return (
            f"there are no {', '.join(packages)} on this machine: install these Debian packages or their like"
        )
    with tempfile.TemporaryDirectory(prefix="singlepane-overlay-") as folder:
        return _refused_overlay(Path(folder))


def _missing() -> list[str]:
    path = environment()["PATH"]
    return sorted(
        {package for program, package in _NEEDED.items() if shutil.which(program, path=path) is None}
    )


def _install(packages: list[str]) -> None:
    if shutil.which("apt-get") is None:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    for command in (["apt-get", "update"], install):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)


def _refused_overlay(folder: Path) -> str | None:
    """Why containers could have no file systems here: seen by mounting one, in namespaces of its own."""
    for name in ("lower", "upper", "work", "merged"):
        (folder / name).mkdir()
    options = ",".join(f"{name}dir={folder / name}" for name in ("lower", "upper", "work"))
    mount = ("mount", "-t", "overlay", "overlay", "-o", options, str(folder / "merged"))
    unshare = (shutil.which("unshare") or "unshare", "--mount", "--net", "--pid", "--fork")
    done = subprocess.run(
        [*unshare, *mount],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return None
    return (
        f"no overlay file system can be mounted in a namespace below {folder.parent}: {done.stderr.strip()}"
    )
