"""A house for each test, which must be empty at its end."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from deploy.targets.local.client import Line
from tests.local.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that is empty afterwards: a test that leaves a process fails, and the process is ended."""
    house = House(tmp_path)
    yield house
    left = house.alive()
    for process in left:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
    assert left == []


@pytest.fixture
async def line(house: House) -> AsyncIterator[Callable[[Line], Line]]:
    """Closes the lines that a test hands it, and with them what they lease."""
    lines: list[Line] = []

    def keep(line: Line) -> Line:
        lines.append(line)
        return line

    yield keep
    for line in lines:
        await line.close()
