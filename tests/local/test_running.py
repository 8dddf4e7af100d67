"""Components that run: order, readiness, failure, give-up."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Callable
from dataclasses import replace

import httpx
import psutil
import pytest

from deploy.targets.local import client, start
from deploy.targets.local.client import Line
from estate.components import Engine, text
from estate.errors import ComponentFailed
from estate.running import Deployment
from tests.local.house import QUICK, House, gone, nothing

Keep = Callable[[Line], Line]


async def test_starts_in_order_of_need_and_stops_in_reverse(house: House) -> None:
    """Each starts when what it needs is ready, and stops before what it needs."""
    line = await house.up(
        house.component("top", needs=["middle"]),
        house.component("middle", "--slow", "0.2", needs=["bottom"]),
        house.component("bottom", "--slow", "0.2"),
    )
    deployment = await house.now()
    assert [(row.name, row.state, row.restarts) for row in deployment.components] == [
        ("top", "ready", 0),
        ("middle", "ready", 0),
        ("bottom", "ready", 0),
    ]
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"http://{deployment.address('top', 'http')}/ready")).status_code == 200
    await line.ask("down", nothing)
    await line.close()
    assert house.events() == [
        "start bottom",
        "start middle",
        "start top",
        "stop top",
        "stop middle",
        "stop bottom",
    ]
    assert client.recorded(house.state) is None


async def test_waiting_says_for_what(house: House) -> None:
    """A component that waits says for which of its needs, and only for those that are not ready."""
    seen: set[str] = set()

    def watch(deployment: Deployment) -> None:
        seen.update(row.last_error for row in deployment.components if row.name == "top")

    wish = house.wish(
        house.component("top", needs=["left", "right"]),
        house.component("left"),
        house.component("right", "--slow", "1.2"),
    )
    started = await start.start(wish, nothing)
    await start.apply(started, watch)
    await started.line.ask("down", nothing)
    await started.line.close()
    at = f"127.0.0.1:{house.base} takes no connections"
    assert {"for left, right", "for right", ""} <= seen <= {"for left, right", "for right", "", at}


async def test_killed_component_comes_back(house: House, line: Keep) -> None:
    """A component that is killed starts again, and says why it fell."""
    line(await house.up(house.component("one"), house.component("two", needs=["one"])))
    before = await house.now()
    pid = before.component("one").pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    after = await house.until("one", "ready", restarts=1)
    row = after.component("one")
    assert (row.last_error, row.pid != pid) == ("was ended by SIGKILL", True)
    assert after.component("two") == before.component("two")


async def test_gives_up_with_the_last_log_lines(house: House) -> None:
    """A component that cannot start makes `up` fail with its last words, and nothing stays."""
    broken = house.root / "broken"
    broken.touch()
    with pytest.raises(ComponentFailed) as raised:
        await house.up(
            house.component("bad", "--broken", str(broken)),
            house.component("good"),
            house.component("late", needs=["bad"]),
        )
    first, *lines = raised.value.message.splitlines()
    assert first.startswith("bad fell 4 times in ")
    assert first.endswith(" s, the last time: exited with code 7; its last log lines:")
    assert "  cannot go on: broken" in lines
    assert raised.value.remedy == f"`singlepane logs bad --state {house.state.path}` shows all of its log."
    assert house.events().count("start bad") == QUICK.failures
    assert "start late" not in house.events()
    assert house.alive() == []


async def test_component_that_recovers_in_time_is_forgiven(house: House, line: Keep) -> None:
    """Failures before the limit are restarts, not the end."""
    broken = house.root / "broken"
    broken.touch()

    async def mend() -> None:
        await gone(lambda: house.events().count("start bad") < 3)
        broken.unlink()

    mending = asyncio.create_task(mend())
    patience = replace(QUICK, failures=1000)
    line(await house.up(house.component("bad", "--broken", str(broken)), patience=patience))
    await mending
    assert (await house.now()).component("bad").restarts >= 2


async def test_program_that_does_not_exist(house: House) -> None:
    """A program that cannot be started is said by name."""
    missing = replace(house.component("bad"), command=Engine("/nowhere/prometheus"))
    with pytest.raises(ComponentFailed, match=r"cannot be started: .*No such file.*'/nowhere/prometheus'"):
        await house.up(missing)


async def test_never_ready_names_what_others_wait_for(house: House) -> None:
    """A start that takes too long blames what is not ready, not what waits for it."""
    unready = house.root / "unready"
    unready.touch()
    with pytest.raises(ComponentFailed) as raised:
        await house.up(
            house.component("late", needs=["slow"]),
            house.component("slow", "--unready", str(unready)),
            patience=replace(QUICK, start=2.5),
        )
    first = raised.value.message.splitlines()[0]
    at = f"127.0.0.1:{house.base + 1}"
    assert first == f"slow is not ready after 2.5 s: /ready of {at} answers 503; its last log lines:"


async def test_unready_component_that_answers_is_left_alone(house: House, line: Keep) -> None:
    """A component that says it is not ready is shown so and not restarted, however long it lasts."""
    unready = house.root / "unready"
    patience = replace(QUICK, silent=2.5)
    line(await house.up(house.component("one", "--unready", str(unready)), patience=patience))
    pid = (await house.now()).component("one").pid
    unready.touch()
    row = (await house.until("one", "starting")).component("one")
    assert row.last_error == f"/ready of 127.0.0.1:{house.base} answers 503"
    await asyncio.sleep(patience.silent * 1.2)
    unready.unlink()
    row = (await house.until("one", "ready")).component("one")
    assert (row.pid, row.restarts, row.last_error) == (pid, 0, "")


async def test_hung_component_is_restarted(house: House, line: Keep) -> None:
    """A process that lives and answers nothing for long is killed and started again."""
    line(await house.up(house.component("one"), patience=replace(QUICK, silent=2.5)))
    pid = (await house.now()).component("one").pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    row = (await house.until("one", "ready", restarts=1)).component("one")
    assert row.pid != pid
    assert row.last_error.startswith(f"hung and was killed: no answer from 127.0.0.1:{house.base} in 0.4 s")


async def test_gives_up_while_the_rest_runs(house: House, line: Keep) -> None:
    """After the start, a component that falls too often is left alone and said; the others run on."""
    broken = house.root / "broken"
    line(await house.up(house.component("bad", "--broken", str(broken)), house.component("good")))
    broken.touch()
    pid = (await house.now()).component("bad").pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    deployment = await house.until("bad", "failed")
    assert deployment.component("bad").last_error.endswith(
        "the last time: exited with code 7; tries anew after 300 s"
    )
    assert deployment.component("good").state == "ready"
    broken.unlink()
    other = await client.connect(house.state)
    assert other is not None
    await other.ask("restart", nothing, component="bad")
    await other.close()
    assert (await house.now()).component("bad").state == "ready"


async def test_given_up_is_not_for_good(house: House, line: Keep) -> None:
    """What fell too often is left alone, says for how long, and is then tried as if it was new."""
    broken = house.root / "broken"
    patience = replace(QUICK, again=1.5)
    line(await house.up(house.component("bad", "--broken", str(broken)), patience=patience))
    broken.touch()
    pid = (await house.now()).component("bad").pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    row = (await house.until("bad", "failed")).component("bad")
    assert re.fullmatch(
        r"fell 4 times in \d+ s, the last time: exited with code 7; tries anew after 1.5 s", row.last_error
    )
    broken.unlink()
    row = (await house.until("bad", "ready")).component("bad")
    assert row.restarts == 4
    log = house.state.log("bad").read_text()
    assert "given up: fell 4 times" in log
    assert "-- " in log.split("tries anew after")[1]


async def test_deaf_component_is_killed_after_its_time(house: House) -> None:
    """SIGTERM that is not heard becomes SIGKILL after the component's own time."""
    line = await house.up(house.component("deaf", "--deaf", stop=0.3))
    await line.ask("down", nothing)
    await line.close()
    assert house.alive() == []
    assert house.events() == ["start deaf"]


async def test_what_a_component_started_goes_with_it(house: House) -> None:
    """A process that a component started, even in a session of its own, does not outlive the estate."""
    line = await house.up(house.component("parent", "--child"))
    assert sorted(process.name() for process in house.alive())[-1] == "sleep"
    assert len(house.alive()) == 2
    await line.ask("down", nothing)
    await line.close()
    assert house.alive() == []


async def test_environment_and_files_reach_the_process(house: House, line: Keep) -> None:
    """A component runs in its data folder with its environment."""
    one = replace(house.component("one"), environment={"WORD": text("a ", "word")})
    line(await house.up(one))
    pid = (await house.now()).component("one").pid
    assert psutil.Process(pid).cwd() == str(house.state.data("one"))
    assert "one starts with a word" in house.state.log("one").read_text()
