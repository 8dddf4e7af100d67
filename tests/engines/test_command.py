"""`singlepane engines`, and how builds are shown."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from deploy import engines
from deploy.engines.progress import Step
from deploy.engines.spec import Engine
from estate.errors import EngineError, SinglepaneError, UsageError
from singlepane import building, output
from singlepane.commands.engines import app
from tests.engines import tiny
from tests.engines.conftest import until


@pytest.fixture
def engine(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The tiny program as the only engine there is."""
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    monkeypatch.setattr(engines, "ENGINES", (engine,))
    return engine


def call(*arguments: str) -> Result:
    """Run the command; an error for the user is raised here, as `main` sees it."""
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, SinglepaneError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def listed() -> dict[str, object]:
    """The one row of `list -o json`."""
    rows: Sequence[dict[str, object]] = json.loads(call("list", "-o", "json").stdout)["engines"]
    return dict(rows[0])


def test_from_missing_to_built(engine: Engine, cache: Path) -> None:
    """`list`, `path` and `build` tell the same story before and after a build."""
    row = {
        "name": "tiny",
        "version": "1.0.0",
        "purpose": "estate",
        "path": None,
        "size_bytes": None,
        "toolchain": None,
        "note": None,
    }
    assert listed() == {**row, "state": "missing"}
    with pytest.raises(EngineError, match=r"tiny 1\.0\.0 is not built"):
        call("path", "tiny")

    built = json.loads(call("build", "-o", "json").stdout)
    path = built["engines"]["tiny"]
    assert built == {"engines": {"tiny": path}}
    assert call("path", "tiny").stdout == f"{path}\n"

    found = listed()
    assert {**found, "size_bytes": 0, "toolchain": ""} == {
        **row,
        "state": "built",
        "path": path,
        "size_bytes": 0,
        "toolchain": "",
    }
    assert found["size_bytes"] == Path(path).stat().st_size
    assert str(found["toolchain"]).startswith("go1.")


def test_tables(engine: Engine) -> None:
    """The tables for people name the engine, its version and where it is."""
    path = json.loads(call("build", "tiny", "-o", "json").stdout)["engines"]["tiny"]
    assert call("build").stdout.split() == ["ENGINE", "PATH", "tiny", path]
    head, row = call("list").stdout.splitlines()
    assert head.split() == ["ENGINE", "VERSION", "STATE", "FOR", "SIZE", "PATH"]
    assert row.split()[:4] == ["tiny", "1.0.0", "built", "estate"]


@pytest.fixture
def two(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the tiny program there is another one, which only tests use."""
    other = replace(tiny.engine(tiny.write(tmp_path / "other"), "other"), purpose="tests")
    monkeypatch.setattr(engines, "ENGINES", (engine, other))


def built(*arguments: str) -> list[str]:
    """Names of what `build` answers with."""
    return list(json.loads(call("build", "-o", "json", *arguments).stdout)["engines"])


def test_what_only_tests_use_is_built_when_asked_for(two: None) -> None:
    """A user who builds all gets what estates use; the rest comes with `--all` or by its name."""
    assert built() == ["tiny"]
    assert built("other") == ["other"]
    assert built("--all") == ["tiny", "other"]
    rows = json.loads(call("list", "-o", "json").stdout)["engines"]
    assert [(row["name"], row["purpose"]) for row in rows] == [("tiny", "estate"), ("other", "tests")]


def test_all_and_names_exclude_each_other(two: None) -> None:
    """`--all` beside a name is a wrong usage, and nothing is built."""
    with pytest.raises(UsageError, match="`--all` leaves nothing to name") as caught:
        call("build", "--all", "tiny")
    assert caught.value.remedy == "Leave it out, or leave out 'tiny'."
    assert [row["state"] for row in json.loads(call("list", "-o", "json").stdout)["engines"]] == [
        "missing"
    ] * 2


STEP = Step("building", "tiny", "1.0.0", unit="packages")


def shown(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> io.StringIO:
    """What goes to stderr from now on."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, soft_wrap=True, highlight=False)
    monkeypatch.setattr(output, "errors", console)
    return stream


def test_pipe_gets_lines_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe, a step has a line at its start, one with its count at every interval, and one at its end."""
    stream = shown(monkeypatch, terminal=False)
    with building.Building(every=0.01) as progress:
        progress.started(STEP)
        until(lambda: "0 s\n" in stream.getvalue(), "a line without a count")
        progress.advanced(STEP, 7, 300)
        until(lambda: "7 of 300" in stream.getvalue(), "a line with the count")
        progress.done(STEP, 64.4)
    lines = list(dict.fromkeys(stream.getvalue().splitlines()))
    assert lines[0] == "building tiny 1.0.0 …"
    assert "building tiny 1.0.0 … 0 s, 7 of 300 packages" in lines
    assert lines[-1] == "building tiny 1.0.0: done in 64 s"


def test_interval_of_lines_is_at_most_15_seconds() -> None:
    """Whoever reads a log of CI sees a sign of life at least every 15 seconds."""
    assert building.Building()._every <= 15


def test_terminal_shows_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal a live line counts; what stays is one line per step."""
    stream = shown(monkeypatch, terminal=True)
    with building.Building() as progress:
        progress.started(STEP)
        progress.advanced(STEP, 7, 0)
        until(lambda: "0 s, 7 packages" in stream.getvalue(), "the live line")
        progress.failed(STEP, 3)
    assert "building tiny 1.0.0: not finished after 3 s" in stream.getvalue()


def test_works_outside_of_the_main_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller with its own signal handling builds in a thread."""
    shown(monkeypatch, terminal=False)
    errors: list[BaseException] = []

    def build() -> None:
        try:
            with building.Building():
                pass
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=build)
    thread.start()
    thread.join(60)
    assert errors == []


def test_sigterm_ends_a_build_in_order(engine: Engine, held: Path, cache: Path) -> None:
    """SIGTERM ends compilers and leaves nothing, as Ctrl-C does, and says how to go on."""
    code = (
        "import sys; from pathlib import Path; from tests.engines import tiny; from deploy import engines\n"
        f"engines.ENGINES = (tiny.engine(Path({str(engine.folder)!r})),)\n"
        "sys.argv = ['singlepane', 'engines', 'build']\n"
        "from singlepane.main import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
    ) as process:
        until((held / "began").exists, "the build")
        builder = psutil.Process(int((held / "began").read_text()))
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert "interrupted: nothing half built is left, and the next run goes on from here" in said
    assert process.returncode == 130
    assert not builder.is_running()
    assert [path.name for path in (cache / "engines").iterdir()] == ["tiny.lock"]
