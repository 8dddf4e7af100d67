"""A Chromium to test with: the one that is there, or the Debian package when this is root on Debian."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from dashboards.preview.picture import chromium

NAMES = chromium.NAMES

REMEDY = (
    "Install one (Debian: apt-get install chromium), or name one in SINGLEPANE_CHROMIUM;"
    " as root on Debian the tests install it by themselves."
)


class NoChromiumError(Exception):
    """There is no Chromium and none can be had; the message says what to do."""


def find() -> Path:
    """The one that the preview finds, else one freshly installed by apt."""
    try:
        return chromium.find()
    except chromium.NoChromium as none:
        if os.environ.get(chromium.VARIABLE):
            raise NoChromiumError(f"{none.message}. {REMEDY}") from None
    return _install()


def _on_path() -> Path | None:
    try:
        return chromium.find()
    except chromium.NoChromium:
        return None


def _install() -> Path:
    """Install the Debian package once, even when several test runs want it at the same time."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NoChromiumError(f"There is no Chromium on PATH ({', '.join(NAMES)}). {REMEDY}")
    with (Path(tempfile.gettempdir()) / "singlepane-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _on_path()
        if found:
            return found
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # A machine without any font would test boxes instead of letters.
        install = [
            apt,
            "install",
            "--yes",
            "--quiet",
            "--no-install-recommends",
            "chromium",
            "fonts-dejavu-core",
        ]
        for command in ([apt, "update", "--quiet"], install):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                last = "\n".join((done.stdout + done.stderr).splitlines()[-5:])
                raise NoChromiumError(f"`{' '.join(command)}` failed:\n{last}\n{REMEDY}")
    found = _on_path()
    if found is None:
        raise NoChromiumError(f"The Debian package chromium brought no program. {REMEDY}")
    return found
