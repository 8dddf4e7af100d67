"""The way to what runs on this machine: commands with their state folder, logs as files."""

from __future__ import annotations

from pathlib import Path

from deploy.targets.local.advice import carried
from deploy.targets.way import Way
from estate.running import Deployment

# The end of a log is enough: who waits says the same again and again.
TAIL_BYTES = 64 * 1024


def advised(runs: Deployment, text: str) -> str:
    """The text, with the state folder in each command where that is not the usual one."""
    return carried(text, Path(runs.state_folder), runs.estate, runs.estate_file)


def log(runs: Deployment, component: str) -> str:
    """The end of a component's log, or nothing where there is none."""
    path = Path(runs.state_folder) / "logs" / f"{component}.log"
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


LOCAL = Way(advised, log)
