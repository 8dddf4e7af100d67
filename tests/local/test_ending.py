"""The end, however it comes: no process, no port and no lock is left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.targets.local import client, lock, marks
from deploy.targets.local.client import Line
from estate.errors import SurroundingsError
from estate.running import Running
from tests.local.house import House, gone, nothing

Run = Callable[..., subprocess.Popen[str]]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(house: House) -> Iterator[Run]:
    """Runs `drive.py` in the house."""
    runs: list[subprocess.Popen[str]] = []

    def run(*words: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-m",
            "tests.local.drive",
            str(house.root),
            house.name,
            str(house.base),
            *words,
        ]
        runs.append(
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        )
        return runs[-1]

    yield run
    for one in runs:
        one.kill()
        one.wait()
        if one.stdout:
            one.stdout.close()


def first_line(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def assert_nothing_left(house: House) -> None:
    """No process of a component, and neither guard nor supervisor, who hold the lock."""
    assert house.alive() == []
    descriptor = lock.take(house.state)
    assert descriptor is not None
    os.close(descriptor)


async def freed(house: House) -> None:
    """Wait until the lock is free."""
    descriptor = await lock.wait(house.state, 30)
    assert descriptor is not None
    os.close(descriptor)


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
async def test_interrupt_during_the_start(house: House, run: Run, moment: int) -> None:
    """Ctrl-C before any component, and right after each one began to start, leaves nothing."""
    process = run("held")
    folder = house.root / "state" / "lock"
    await gone(lambda: len(house.events()) < moment if moment else not folder.exists())
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert_nothing_left(house)


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.25, 0.35])
async def test_interrupt_at_any_moment(house: House, run: Run, delay: float) -> None:
    """Ctrl-C some time after the supervisor's process was started leaves nothing."""
    process = run("held")
    await gone(lambda: not (house.root / "state" / "logs" / "supervisor.log").exists())
    await asyncio.sleep(delay)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert_nothing_left(house)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_what_is_up(house: House, run: Run, number: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and the loss of the terminal stop everything in order, and that is no failure."""
    process = run()
    assert first_line(process) == "up"
    process.send_signal(number)
    assert process.wait(60) == 0
    assert_nothing_left(house)
    assert house.events()[-3:] == ["stop top", "stop middle", "stop bottom"]


def test_second_interrupt_hurries(house: House, run: Run) -> None:
    """Whoever presses Ctrl-C twice does not wait for a component that takes its time."""
    process = run("deaf")
    assert first_line(process) == "up"
    process.send_signal(signal.SIGINT)
    assert first_line(process) == "stopping; once more kills"
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert_nothing_left(house)


async def test_killed_command_takes_everything_with_it(house: House, run: Run) -> None:
    """SIGKILL of the command ends its lease, and the supervisor stops everything in order."""
    process = run()
    assert first_line(process) == "up"
    process.kill()
    await freed(house)
    assert_nothing_left(house)
    assert house.events()[-1] == "stop bottom"


async def test_killed_command_takes_a_start_to_detach_with_it(house: House, run: Run) -> None:
    """SIGKILL of a command that has not detached yet leaves nothing either."""
    process = run("detach")
    await gone(lambda: "start middle" not in house.events())
    process.kill()
    await freed(house)
    assert_nothing_left(house)


def test_killed_supervisor_leaves_no_child(house: House, run: Run) -> None:
    """SIGKILL of the supervisor ends all it ran, even what left its session, and the command says so."""
    process = run()
    assert first_line(process) == "up"
    assert len(house.alive()) == 4
    house.supervisor().kill()
    assert process.wait(60) == 3
    assert first_line(process) == "the supervisor was killed or broke; everything it ran was stopped"
    assert_nothing_left(house)


async def test_killed_guard_stops_everything_in_order(house: House, run: Run) -> None:
    """Without its guard the supervisor does not go on."""
    process = run()
    assert first_line(process) == "up"
    supervisor = house.supervisor()
    guard = supervisor.parent()
    assert guard is not None
    guard.kill()
    process.wait(60)
    assert house.events()[-3:] == ["stop top", "stop middle", "stop bottom"]
    # What left its session has lost its guard: the next start finds it.
    assert [one.name() for one in house.alive()] == ["sleep"]
    assert marks.end_all(house.state.id) == 1
    # With the guard gone the command returns a moment before the supervisor is.
    await freed(house)
    assert_nothing_left(house)


async def test_crash_of_both_is_cleared_by_the_next_start(house: House, run: Run) -> None:
    """Killed at once, guard and supervisor take components with them; the next start ends the rest."""
    process = run("detach")
    assert first_line(process) == "up"
    assert process.wait(60) == 0
    supervisor = house.supervisor()
    guard = supervisor.parent()
    assert guard is not None
    for one in (guard, supervisor):
        one.suspend()
    for one in (guard, supervisor):
        one.kill()
    await gone(lambda: len(house.alive()) > 1)
    again = run("detach")
    assert first_line(again) == "ended 1 processes that an earlier run left behind"
    assert first_line(again) == "up"
    assert again.wait(60) == 0
    assert await client.down(house.state, nothing)
    assert_nothing_left(house)


@pytest.fixture
def innocent() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is nobody's business."""
    process = subprocess.Popen(["/bin/sleep", "1000"])
    yield process
    process.kill()
    process.wait()


async def test_recorded_process_ids_mean_nothing(
    house: House, run: Run, innocent: subprocess.Popen[bytes]
) -> None:
    """A status file of before a reboot, whose process ids belong to others now, harms nobody."""
    process = run("detach")
    assert first_line(process) == "up"
    assert process.wait(60) == 0
    last = client.recorded(house.state)
    assert last is not None
    house.supervisor().kill()
    await gone(house.alive)
    document = last.document()
    document["supervisor_pid"] = innocent.pid
    for row in document["components"]:
        row["pid"] = innocent.pid
    house.state.status.write_text(json.dumps(document))
    assert not await client.down(house.state, nothing)
    line = await house.up(house.component("one"))
    await line.ask("down", nothing)
    await line.close()
    assert innocent.poll() is None
    assert_nothing_left(house)


async def test_down_ends_a_supervisor_that_hangs(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A supervisor that does not answer is said by name to `up`, and `down` kills it with all it runs."""
    monkeypatch.setattr(client, "_FIRST", 0.3)
    monkeypatch.setattr(client, "_GONE", 3.0)
    process = run("detach")
    assert first_line(process) == "up"
    assert process.wait(60) == 0
    supervisor = house.supervisor()
    supervisor.suspend()
    with pytest.raises(SurroundingsError, match=rf"\(pid {supervisor.pid}\) that does not answer"):
        await client.begin(house.state, wait=0.1)
    assert await client.down(house.state, nothing)
    assert_nothing_left(house)


async def test_port_is_free_after_down(house: House) -> None:
    """What was up comes up again at once, on the same ports."""
    for _ in range(2):
        line: Line = await house.up(house.component("one"))
        row: Running = (await house.now()).component("one")
        assert row.addresses == {"http": f"127.0.0.1:{house.base}"}
        await line.ask("down", nothing)
        await line.close()
    assert not psutil.pid_exists(row.pid or 0)
