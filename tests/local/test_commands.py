"""The verbs over a running estate: status, logs, restart, down; and which estate they mean."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from deploy.targets.local import client, folder, marks
from deploy.targets.local.changes import Changes
from estate.errors import EstateInvalid, NotRunning, SinglepaneError, StateFolderError, UsageError
from estate.running import Deployment, Running
from singlepane import which
from singlepane.commands import down, logs, restart, status
from singlepane.commands import up as verbs_up
from tests.local.house import House

ROOT = Path(__file__).parents[2]
APP = typer.Typer()
for verb in (status.status, logs.logs, restart.restart, down.down):
    APP.command()(verb)


def call(*arguments: str, fails: type[SinglepaneError] | None = None) -> Result:
    """The result of a command line; an error that is not expected is raised."""
    result = CliRunner().invoke(APP, arguments)
    if isinstance(result.exception, SinglepaneError) and fails is None:
        raise result.exception
    assert fails is None or isinstance(result.exception, fails)
    return result


@pytest.fixture
def up(house: House) -> Iterator[House]:
    """A house with three components that run until the test ends."""
    command = [
        sys.executable,
        "-m",
        "tests.local.drive",
        str(house.root),
        house.name,
        str(house.base),
        "detach",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    yield house
    call("down", "--state", str(house.state.path))


def test_status_of_what_runs(up: House) -> None:
    """The document holds every component with its process, memory and uptime; the table says the same."""
    result = call("status", "--state", str(up.state.path), "-o", "json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (document["estate"], document["target"], document["ready"]) == ("house", "local", True)
    assert [(row["name"], row["state"], row["restarts"]) for row in document["components"]] == [
        ("bottom", "ready", 0),
        ("middle", "ready", 0),
        ("top", "ready", 0),
    ]
    assert all(row["memory_bytes"] > 1 << 20 for row in document["components"])
    assert all(row["uptime_seconds"] >= 0 for row in document["components"])
    table = call("status", "--state", str(up.state.path)).stdout.splitlines()
    assert table[0].split() == [
        *["COMPONENT", "CLUSTER", "STATE", "ADDRESS", "PID", "RESTARTS", "UP", "MEMORY", "LAST"],
        "ERROR",
    ]
    assert table[1].split()[:4] == ["bottom", "hub", "ready", f"127.0.0.1:{up.base}"]


def test_status_of_what_is_not_ready(up: House) -> None:
    """Exit code 1 as long as a component is not ready, 0 when it is back."""

    def reaches(code: int) -> bool:
        for _ in range(200):
            if call("status", "--state", str(up.state.path), "-o", "json").exit_code == code:
                return True
            time.sleep(0.05)
        return False

    (process,) = (one for one in up.alive() if (mark := marks.of(one)) and mark.component == "top")
    process.suspend()
    assert reaches(1)
    assert reaches(0)


def test_a_trouble_that_stops_nothing_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All ready and a full disk: the document says both, and a script that asks for 0 is told."""
    row = Running("one", "test", "hub", "ready")
    full = Deployment("house", "/e.yaml", "local", "/state", 0, 1, 0, (row,), ("the disk is full",))
    made = folder.prepare(tmp_path / "state", "house")

    async def current(_: folder.StateFolder) -> Deployment:
        return full

    monkeypatch.setattr(client, "current", current)
    result = call("status", "--state", str(made.path), "-o", "json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["ready"], document["warnings"]) == (1, True, ["the disk is full"])
    assert call("status", "--state", str(made.path)).exit_code == 1


def test_a_long_error_cuts_nothing_in_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe has no width: every column stays whole, however long an error is."""
    error = "hung and was killed: " + "no answer from 127.0.0.1:21030, " * 60
    row = Running(
        "prometheus-prod-westeurope-0",
        "prometheus",
        "prod-westeurope",
        "starting",
        addresses={"http": "127.0.0.1:21011"},
        last_error=error,
    )
    made = folder.prepare(tmp_path / "state", "house")
    deployment = Deployment("house", "/e.yaml", "local", str(made.path), 0, 1, 0, (row,))
    script = (
        "import asyncio, json, sys\n"
        "from pathlib import Path\n"
        "from deploy.targets.local import client\n"
        "from estate.running import Deployment\n"
        "from singlepane.commands.status import status\n"
        "async def current(_):\n"
        "    return Deployment.from_document(json.loads(sys.argv[1]))\n"
        "client.current = current\n"
        "status(state=Path(sys.argv[2]))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, json.dumps(deployment.document()), str(made.path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    heading, line = ran.stdout.splitlines()
    assert line.split()[:4] == [
        "prometheus-prod-westeurope-0",
        "prod-westeurope",
        "starting",
        "127.0.0.1:21011",
    ]
    assert line[heading.index("LAST ERROR") :].strip() == error.strip()


def test_logs_and_the_closest_name(up: House) -> None:
    """The log of a component, whole or its last lines; a mistyped name is answered with the closest."""
    state = ("--state", str(up.state.path))
    lines = call("logs", "top", *state).stdout.splitlines()
    assert "top starts with no word" in lines
    assert call("logs", "top", "-n", "1", *state).stdout.splitlines() == lines[-1:]
    assert call("logs", "top", "-n", "0", *state).stdout == ""
    refused = call("logs", "botom", *state, fails=UsageError).exception
    assert isinstance(refused, UsageError)
    assert refused.message == "there is no component botom; did you mean bottom?"
    assert refused.remedy == "There are: bottom, middle, supervisor, top."


def test_restart(up: House) -> None:
    """One component gets a new process, and it is no failure."""
    before = {process.pid for process in up.alive()}
    assert call("restart", "top", "--state", str(up.state.path)).exit_code == 0
    after = {process.pid for process in up.alive()}
    assert (len(before - after), len(after - before)) == (1, 1)
    document = json.loads(call("status", "--state", str(up.state.path), "-o", "json").stdout)
    assert [row["restarts"] for row in document["components"]] == [0, 0, 0]


def test_down_twice_and_purge(up: House) -> None:
    """Down stops all, a second one finds nothing, a purge removes the folder, also twice."""
    state = ("--state", str(up.state.path))
    assert call("down", *state).exit_code == 0
    assert up.alive() == []
    call("status", *state, fails=NotRunning)
    call("restart", "top", *state, fails=NotRunning)
    assert call("logs", "top", *state).exit_code == 0
    assert call("down", *state).exit_code == 0
    assert call("down", "--purge", *state).exit_code == 0
    assert not (up.root / "state").exists()
    assert call("down", "--purge", *state).exit_code == 0


def test_purge_of_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    """A folder passed by mistake stays as it is."""
    (tmp_path / "thesis.tex").touch()
    refused = call("down", "--purge", "--state", str(tmp_path), fails=StateFolderError).exception
    assert "is not a state folder of singlepane; nothing was removed" in str(refused)
    assert (tmp_path / "thesis.tex").exists()


def test_table_of_up(capsys: pytest.CaptureFixture[str]) -> None:
    """What runs and what to open, on stdout; what a second `up` did, on stderr."""

    def deployment(**pids: int) -> Deployment:
        rows = (
            Running(name, name, "hub", "ready", addresses={"http": f"127.0.0.1:{pid}"}, pid=pid, note="real")
            for name, pid in pids.items()
        )
        return Deployment("shop", "/e.yaml", "local", "/state", 0, 1, 0, tuple(rows))

    with verbs_up.Start() as start:
        start.up(deployment(query=2, server=3), Changes(("server",), ("query",), ("rule",)), stays=False)
        start.up(deployment(query=2), Changes(), stays=False)
    shown = capsys.readouterr()
    assert [line.split() for line in shown.out.splitlines()[:9]] == [
        ["COMPONENT", "CLUSTER", "STATE", "ADDRESS", "NOTE"],
        ["query", "hub", "ready", "127.0.0.1:2", "real"],
        ["server", "hub", "ready", "127.0.0.1:3", "real"],
        [],
        ["OPEN", "AT"],
        ["status", "page", "http://127.0.0.1:3/"],
        ["global", "query", "http://127.0.0.1:2/"],
        ["COMPONENT", "CLUSTER", "STATE", "ADDRESS", "NOTE"],
        ["query", "hub", "ready", "127.0.0.1:2", "real"],
    ]
    assert shown.err.splitlines() == [
        "estate shop was up already; started server; restarted query; stopped rule",
        "estate shop was up already; nothing had to change",
    ]


def test_which_estate_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one given, else `estate.yaml` here, else the example."""
    monkeypatch.chdir(tmp_path)
    assert which.estate_file(None) == ROOT / "examples" / "shop" / "estate.yaml"
    (tmp_path / "estate.yaml").write_text("name: mine\n")
    assert which.estate_file(None) == tmp_path / "estate.yaml"
    assert which.estate_file(tmp_path) == tmp_path / "estate.yaml"
    with pytest.raises(UsageError, match=r"there is no estate file missing\.yaml"):
        which.estate_file(Path("missing.yaml"))


def test_an_estate_that_became_invalid_is_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is enough to stop it; a file without even a name is answered with its findings."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    made = folder.prepare(tmp_path / "singlepane" / "mine", "mine")
    file = tmp_path / "estate.yaml"
    file.write_text("name: mine # ours\nnonsense: [\n")
    assert which.state_folder(file, None) == made
    file.write_text("nonsense: [\n")
    with pytest.raises(EstateInvalid):
        which.state_folder(file, None)
