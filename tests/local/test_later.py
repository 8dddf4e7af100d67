"""Components that go on with other arguments than they started with, and those that will not end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil

from deploy.targets.local import client, start
from deploy.targets.local.client import Line
from estate.components import Component, Later, Reached
from estate.running import Running
from tests.local.house import QUICK, House, gone, nothing

Keep = Callable[[Line], Line]
PATIENCE = replace(QUICK, look=0.1)


def measured(house: House, name: str, page: Path, *options: str) -> Component:
    """A component whose metrics page is a file."""
    component = house.component(name, "--metrics", str(page), *options)
    return replace(component, metrics=("http", "/metrics"))


def slowing(house: House, name: str, measured: str) -> Component:
    """A component that goes on slowly once `done_total` of another one is 3."""
    component = house.component(name, "--slow", "0.2", "--pace", "fast")
    later = Later((*component.arguments[:-1], "slow"), Reached(measured, "done_total", 3), "slow now")
    return replace(component, note="fast", later=later)


def pace(row: Running) -> str:
    """The pace among the arguments of its process; empty when that has ended meanwhile."""
    try:
        words = psutil.Process(row.pid).cmdline()
    except psutil.NoSuchProcess:
        return ""
    return words[words.index("--pace") + 1] if "--pace" in words else ""


async def changed(house: House, name: str, before: Running) -> Running:
    """The component once it runs as another process than before."""
    async with asyncio.timeout(30):
        while True:
            row = (await house.now()).component(name)
            if row.state == "ready" and row.pid != before.pid:
                return row
            await asyncio.sleep(0.03)


async def slowed(house: House, name: str) -> Running:
    """The component once it runs slowly."""
    async with asyncio.timeout(30):
        while True:
            row = (await house.until(name, "ready")).component(name)
            if pace(row) == "slow":
                return row
            await asyncio.sleep(0.03)


async def test_goes_on_with_its_later_arguments_once_the_metric_says_so(house: House, line: Keep) -> None:
    """Samples of one name are summed; nothing happens below the number, and the start is no restart."""
    page = house.root / "page"
    page.write_text('done_total{of="a"} 1\ndone_total{of="b"} 1\ndone_total_other 9\n')
    line(
        await house.up(measured(house, "counter", page), slowing(house, "one", "counter"), patience=PATIENCE)
    )
    first = (await house.now()).component("one")
    await asyncio.sleep(10 * PATIENCE.look)
    assert (await house.now()).component("one") == first
    assert (pace(first), first.note) == ("fast", "fast")
    page.write_text('done_total{of="a"} 1\ndone_total{of="b"} 2\n')
    row = await changed(house, "one", first)
    assert (pace(row), row.note, row.restarts, row.last_error) == ("slow", "slow now", 0, "")
    assert "starts anew with its later arguments" in house.state.log("one").read_text()
    await asyncio.sleep(5 * PATIENCE.look)
    assert (await house.now()).component("one") == row


async def test_what_falls_or_is_restarted_goes_on_as_it_was(house: House, line: Keep) -> None:
    """What it waited for has not changed: begun anew, it would only be started twice."""
    page = house.root / "page"
    page.write_text("done_total 3\n")
    line(
        await house.up(measured(house, "counter", page), slowing(house, "one", "counter"), patience=PATIENCE)
    )
    row = await slowed(house, "one")
    assert row.pid
    os.kill(row.pid, signal.SIGKILL)
    fallen = (await house.until("one", "ready", restarts=1)).component("one")
    assert pace(fallen) == "slow"
    page.write_text("done_total 0\n")
    other = await client.connect(house.state)
    assert other is not None
    await other.ask("restart", nothing, component="one")
    await other.close()
    ordered = (await house.now()).component("one")
    assert (pace(ordered), ordered.note, ordered.pid != fallen.pid) == ("slow", "slow now", True)


async def test_an_estate_that_starts_again_begins_with_the_first_arguments(house: House) -> None:
    """After `down`, what was waited for has to come again."""
    page = house.root / "page"
    page.write_text("done_total 3\n")
    components = (measured(house, "counter", page), slowing(house, "one", "counter"))
    line = await house.up(*components, patience=PATIENCE)
    await slowed(house, "one")
    await line.ask("down", nothing)
    await line.close()
    page.write_text("done_total 0\n")
    line = await house.up(*components, patience=PATIENCE)
    assert pace((await house.now()).component("one")) == "fast"
    await line.ask("down", nothing)
    await line.close()


async def test_the_same_wish_again_leaves_it_alone(house: House, line: Keep) -> None:
    """`up` over an estate whose components have gone on restarts nothing."""
    page = house.root / "page"
    page.write_text("done_total 3\n")
    components = (measured(house, "counter", page), slowing(house, "one", "counter"))
    kept = line(await house.up(*components, patience=PATIENCE))
    await slowed(house, "one")
    before = await house.now()
    again = await start.start(house.wish(*components, patience=PATIENCE), nothing)
    await start.apply(again, nothing)
    await again.line.close()
    assert (await house.now()).components == before.components
    assert kept.deployment is not None


async def test_one_at_a_time_and_only_while_all_are_ready(house: House, line: Keep) -> None:
    """The second goes on when the first is ready again, and neither while something is in trouble."""
    page, unready = house.root / "page", house.root / "unready"
    page.write_text("done_total 3\n")
    pair = [slowing(house, name, "counter") for name in ("left", "right")]
    unready.touch()
    starting = asyncio.create_task(
        house.up(
            measured(house, "counter", page),
            house.component("troubled", "--unready", str(unready)),
            *pair,
            patience=PATIENCE,
        )
    )
    await asyncio.sleep(2.0)
    assert [event for event in house.events() if event.startswith("stop")] == []
    unready.unlink()
    line(await starting)
    await gone(lambda: house.events().count("start right") < 2)
    events = [event for event in house.events() if "left" in event or "right" in event]
    assert events[2:] == ["stop left", "start left", "stop right", "start right"]


async def test_one_that_says_it_will_not_end_is_killed_at_once(house: House) -> None:
    """A component that takes no notice of SIGTERM, and says so in a metric, holds nobody up at the end."""
    page = house.root / "page"
    page.write_text("halted 1\n")
    deaf = replace(
        house.component("deaf", "--deaf", "--metrics", str(page), stop=600),
        metrics=("http", "/metrics"),
        deaf=Reached("deaf", "halted"),
    )
    line = await house.up(deaf)
    async with asyncio.timeout(60):
        await line.ask("down", nothing)
        await line.close()
    assert house.alive() == []
    assert "killed at once: halted says that it will not end by itself" in house.state.log("deaf").read_text()


async def test_one_that_may_end_gets_its_time(house: House) -> None:
    """As long as the metric does not say so, an orderly stop is waited for."""
    page = house.root / "page"
    page.write_text("halted 0\n")
    polite = replace(
        house.component("polite", "--metrics", str(page)),
        metrics=("http", "/metrics"),
        deaf=Reached("polite", "halted"),
    )
    line = await house.up(polite)
    await line.ask("down", nothing)
    await line.close()
    assert house.events() == ["start polite", "stop polite"]
