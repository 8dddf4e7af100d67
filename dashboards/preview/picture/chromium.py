"""Where a Chromium is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from estate.errors import SurroundingsError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "SINGLEPANE_CHROMIUM"
REMEDY = f"Install one (Debian: apt-get install chromium), or name one in {VARIABLE}."


class NoChromium(SurroundingsError):
    """There is none; the remedy says how to get one."""


def find() -> Path:
    """The program that `$SINGLEPANE_CHROMIUM` names, else the first known name on PATH. Raises NoChromium."""
    named = os.environ.get(VARIABLE)
    if named:
        if not os.access(named, os.X_OK):
            raise NoChromium(f"{VARIABLE} is {named}, which is no program", REMEDY)
        return Path(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise NoChromium(f"there is no Chromium on PATH ({', '.join(NAMES)})", REMEDY)
