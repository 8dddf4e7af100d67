"""`up` over what runs already, estates side by side, and what stays between two runs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.targets.local import client, start
from deploy.targets.local.changes import Changes
from estate.components import Component
from estate.errors import ComponentFailed, PortTaken, StateFolderError
from tests.local.house import QUICK, House, gone, nothing


async def again(house: House, *components: Component) -> Changes:
    """`up` over what runs; the ports stay where they are. What it changed."""
    started = await start.start(replace(house.wish(*components), base=None), nothing)
    assert started.before is not None
    try:
        return await start.apply(started, nothing)
    finally:
        await started.line.close()


async def pids(house: House) -> dict[str, int | None]:
    """Process ids by component."""
    return {row.name: row.pid for row in (await house.now()).components}


async def end(house: House) -> None:
    """Stop what runs, and be sure that it is gone."""
    assert await client.down(house.state, nothing)
    assert house.alive() == []
    assert not await client.down(house.state, nothing)


async def test_second_up_changes_nothing(house: House) -> None:
    """The same components again leave every process alone."""
    line = await house.up(house.component("one"), house.component("two"))
    before = await pids(house)
    assert await again(house, house.component("one"), house.component("two")) == Changes()
    assert await pids(house) == before
    assert house.events() == ["start one", "start two"] or house.events() == ["start two", "start one"]
    await end(house)
    await line.close()


async def test_second_up_applies_the_difference(house: House) -> None:
    """What is gone stops, what is new starts on the next port, what changed restarts, the rest stays."""
    line = await house.up(
        house.component("same"), house.component("changed"), house.component("gone", needs=["same"])
    )
    before = await pids(house)
    at = {row.name: row.addresses["http"] for row in (await house.now()).components}
    changes = await again(
        house,
        house.component("new", needs=["changed"]),
        house.component("changed", "--lines", "1"),
        house.component("same"),
    )
    assert changes == Changes(("new",), ("changed",), ("gone",))
    deployment = await house.now()
    assert [(row.name, row.state) for row in deployment.components] == [
        ("new", "ready"),
        ("changed", "ready"),
        ("same", "ready"),
    ]
    after = await pids(house)
    assert (after["same"] == before["same"], after["changed"] == before["changed"]) == (True, False)
    assert deployment.address("same", "http") == at["same"]
    assert deployment.address("changed", "http") == at["changed"]
    assert deployment.address("new", "http") == f"127.0.0.1:{house.base + 3}"
    assert sorted(house.events()[3:5]) == ["stop changed", "stop gone"]
    assert house.events()[5:] == ["start changed", "start new"]
    await end(house)
    await line.close()


async def test_difference_that_fails_leaves_the_rest(house: House) -> None:
    """A new component that gives up fails the second `up` alone; the next `up` tries it anew."""
    broken = house.root / "broken"
    broken.touch()
    line = await house.up(house.component("good"))
    bad = house.component("bad", "--broken", str(broken))
    with pytest.raises(ComponentFailed, match=r"^bad fell 4 times"):
        await again(house, house.component("good"), bad)
    states = {row.name: row.state for row in (await house.now()).components}
    assert states == {"good": "ready", "bad": "failed"}
    broken.unlink()
    await again(house, house.component("good"), bad)
    assert (await house.now()).component("bad").state == "ready"
    await end(house)
    await line.close()


async def test_two_at_once_are_one(house: House) -> None:
    """Two `up` at the same moment: one starts, the other follows it."""

    async def up() -> start.Started:
        started = await start.start(house.wish(house.component("one", "--slow", "0.2")), nothing)
        await start.apply(started, nothing)
        return started

    both = await asyncio.gather(up(), up())
    assert [started.before is None for started in both].count(True) == 1
    assert house.events() == ["start one"]
    await end(house)
    for started in both:
        await started.line.close()


async def test_one_that_follows_a_start_did_nothing(house: House) -> None:
    """An `up` that comes while another one starts the same reports no restarts: those starts are not its own.

    It takes over the ports too, whenever in the start it comes.
    """
    components = [house.component("one", "--slow", "0.3"), house.component("two", needs=["one"])]

    async def up() -> tuple[bool, Changes]:
        started = await start.start(replace(house.wish(*components), base=None), nothing)
        changes = await start.apply(started, nothing)
        await started.line.close()
        return started.before is None, changes

    first = await start.start(house.wish(*components), nothing)
    followers = [asyncio.create_task(up()) for _ in range(2)]
    await asyncio.sleep(0.2)
    starting = asyncio.create_task(start.apply(first, nothing))
    await asyncio.sleep(0.1)
    followers.append(asyncio.create_task(up()))
    assert [await each for each in followers] == [(False, Changes())] * 3
    assert await starting == Changes(started=("one", "two"))
    assert house.events() == ["start one", "start two"]
    assert (await house.now()).address("one", "http") == f"127.0.0.1:{house.base}"
    await end(house)
    await first.line.close()


async def test_a_folder_in_use_is_not_shared_with_another_estate(house: House) -> None:
    """A second estate in the same folder is refused by name."""
    line = await house.up(house.component("one"))
    with pytest.raises(StateFolderError, match="belongs to estate house, not to other"):
        House(house.root, "other").wish()
    await end(house)
    await line.close()


async def test_two_estates_run_side_by_side(house: House) -> None:
    """Estates with their own folders and ports do not know each other."""
    other = House(house.root / "other", "other", house.base + 6)
    other.root.mkdir()
    line, second = await asyncio.gather(house.up(house.component("one")), other.up(other.component("one")))
    await end(house)
    assert [row.state for row in (await other.now()).components] == ["ready"]
    assert len(other.alive()) == 1
    await end(other)
    await line.close()
    await second.close()


async def test_taken_port_stops_a_start_before_anything_runs(house: House) -> None:
    """No component starts when one port is missing, and the lock is free again."""
    line = await house.up(house.component("one"))
    late = House(house.root / "late", "late", house.base - 1)
    late.root.mkdir()
    with pytest.raises(PortTaken, match=r"^1 of 2 ports are taken"):
        await late.up(late.component("first"), late.component("second"))
    assert late.events() == []
    await end(house)
    await line.close()
    second = await late.up(late.component("first"), late.component("second"))
    await end(late)
    await second.close()


async def test_data_survives(house: House) -> None:
    """What a component wrote into its folder is there after down and up, and so is its log."""
    for run in (1, 2):
        line = await house.up(house.component("one"))
        kept = house.state.data("one") / "kept"
        assert kept.exists() is (run == 2)
        kept.write_text("data")
        await end(house)
        await line.close()
    assert house.state.log("one").read_text().count("one starts with no word") == 2


async def test_status_file_is_the_deployment(house: House) -> None:
    """Other programs find in the state folder what the supervisor says."""
    line = await house.up(house.component("one"))
    now = await house.now()
    await gone(lambda: client.recorded(house.state) != now)
    document = json.loads(house.state.status.read_text())
    assert document["state_folder"] == str(house.state.path)
    assert document["estate_file"] == str(house.root / "estate.yaml")
    assert document["components"][0]["addresses"] == {"http": f"127.0.0.1:{house.base}"}
    assert house.state.status.stat().st_mode & 0o777 == 0o600
    assert (house.state.path / "control").stat().st_mode & 0o777 == 0o600
    await end(house)
    assert not (house.state.path / "control").exists()
    await line.close()


async def test_deep_state_folder(house: House) -> None:
    """A path longer than a socket's address may be is no obstacle."""
    deep = House(Path(house.root, *["deeper-and-deeper"] * 8), base=house.base)
    deep.root.mkdir(parents=True)
    assert len(str(deep.root)) > 108
    line = await deep.up(deep.component("one"))
    await end(deep)
    await line.close()


async def test_requests_that_are_none(house: House) -> None:
    """Nonsense on the control channel is refused, and the supervisor goes on."""
    line = await house.up(house.component("one"))
    other = await client.connect(house.state)
    assert other is not None
    for raw in (b"{\n", b"[]\n", b'{"verb": "dance"}\n', b'{"verb": "apply"}\n', b"\xff\n"):
        other._writer.write(raw)
    refused = 0
    async for message in other.replies():
        refused += "error" in message
        if refused == 5:
            break
    await other.close()
    assert (await house.now()).component("one").state == "ready"
    await end(house)
    await line.close()


async def test_wild_logging_is_bounded(house: House) -> None:
    """A component that logs 19 MB at once comes up, and its files stay within their bound."""
    line = await house.up(
        house.component("wild", "--lines", "700000"), patience=replace(QUICK, silent=30, start=30)
    )
    sizes = [path.stat().st_size for path in (house.state.path / "logs").glob("wild.log*")]
    assert len(sizes) == 4
    assert max(sizes) <= 4 << 20
    assert "line 0699999 of wild" in house.state.log("wild").read_text()
    await end(house)
    await line.close()
