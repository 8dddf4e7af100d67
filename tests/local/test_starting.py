"""How a start is shown in a pipe."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from estate.running import Deployment, Running, State
from singlepane.starting import Progress

EMPTY = Deployment("shop", "/shop/estate.yaml", "local", "/state", 0, 1, 0)


def row(name: str, state: State, error: str = "") -> Running:
    """A component in that state."""
    return Running(name, "test", "hub", state, last_error=error)


def test_lines_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """One line when a component is ready, when it falls, when it comes back; each warning once."""
    progress = Progress()
    one, two = row("one", "waiting"), row("two", "waiting")
    steps: list[tuple[Running, ...]] = [
        (row("known", "ready"),),
        (one, two),
        (row("one", "starting", "no answer"), two),
        (row("one", "starting", "no answer yet"), two),
        (row("one", "ready"), row("two", "backoff", "exited with code 1")),
        (row("one", "ready"), row("two", "failed", "fell 5 times")),
        (row("one", "starting", "answers 503"), row("two", "failed", "fell 5 times")),
        (row("one", "stopped"), row("two", "stopped")),
    ]
    with progress:
        for components in steps:
            progress.changed(replace(EMPTY, components=components, warnings=("disk full",)))
    shown = re.sub(r"(?m)^ *\d+\.\d s", "T", capsys.readouterr().err)
    assert shown.splitlines() == [
        "warning: disk full",
        "T  one ready",
        "T  two backoff: exited with code 1",
        "T  two failed: fell 5 times",
        "T  one is not ready any more: answers 503",
        "T  one stopped",
        "T  two stopped",
    ]
