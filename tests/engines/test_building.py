"""Building: once, whole or not at all, by one process at a time."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from deploy.engines import building, ensuring, lookup
from deploy.engines.process import Cancelled
from deploy.engines.progress import SILENT
from estate.errors import EngineError
from tests.engines import tiny
from tests.engines.conftest import until

PROGRAM_OF_ITS_OWN = """\
package main

import "os"

var text = "none"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		println("text " + text)
	}
}
"""


def names(cache: Path) -> set[str]:
    """What is in the cache of engines, the hash cut off."""
    return {re.sub(r"-[0-9a-f]{16}$", "-HASH", path.name) for path in (cache / "engines").iterdir()}


def lines_of(process: subprocess.Popen[str]) -> list[str]:
    """All that a process prints until its end."""
    output, _ = process.communicate(timeout=60)
    return output.splitlines()


def test_is_built_once(cache: Path, tmp_path: Path) -> None:
    """The first call builds, the second finds what the first one built and does nothing."""
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    first, second = tiny.Heard(), tiny.Heard()
    built = ensuring.ensure([engine], [engine], first)
    again = ensuring.ensure([engine], [engine], second)
    assert first.lines == [
        "started fetching tiny 1.0.0",
        "done fetching tiny 1.0.0",
        "started building tiny 1.0.0",
        "done building tiny 1.0.0",
    ]
    assert second.lines == []
    assert built == again == {"tiny": lookup.find(engine)}
    assert names(cache) == {"tiny-HASH", "tiny.lock"}
    assert sorted(path.name for path in built["tiny"].parent.iterdir()) == ["entry.json", "tiny"]


def test_is_stamped(cache: Path, tmp_path: Path) -> None:
    """The program says version, branch and a neutral builder; nothing of this machine or moment is in it."""
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    path = ensuring.ensure([engine], [engine], SILENT)["tiny"]
    printed = subprocess.run([path], capture_output=True, text=True, check=True).stderr
    assert printed == (
        "tiny, version 1.0.0 (branch: HEAD, revision: )\n  build user: singlepane, build date: \n"
    )
    assert str(tmp_path).encode() not in path.read_bytes()


def test_is_stamped_in_its_own_way(cache: Path, tmp_path: Path) -> None:
    """A program with another variable for its version, and another way to be asked, gets and says it."""
    program = PROGRAM_OF_ITS_OWN
    engine = replace(
        tiny.engine(tiny.write(tmp_path / "tiny", program), stamps=("main.text=v{version}",)),
        asked="version",
        printed=r"text v(\S+)",
    )
    path = ensuring.ensure([engine], [engine], SILENT)["tiny"]
    said = subprocess.run([path, "version"], capture_output=True, text=True, check=True).stderr
    assert said == "text v1.0.0\n"


def test_two_builds_make_the_same_bytes(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built from the same pins in another folder and another cache is the same file."""
    made = []
    for name in ("one", "two"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name / "cache"))
        engine = tiny.engine(tiny.write(tmp_path / name / "tiny"))
        made.append(ensuring.ensure([engine], [engine], SILENT)["tiny"].read_bytes())
    assert made[0] == made[1]


def test_two_processes_build_once(cache: Path, held: Path, tmp_path: Path) -> None:
    """Of two processes that need it at the same time one builds; the other waits, says so, and takes it."""
    folder = tiny.write(tmp_path / "tiny")
    with tiny.start(folder) as first:
        until((held / "began").exists, "the first build")
        with tiny.start(folder) as second:
            assert second.stdout is not None
            waiting = second.stdout.readline()
            (held / "release").touch()
            assert [waiting.strip(), *lines_of(second)] == [
                "started waiting for another process that builds tiny 1.0.0",
                "done waiting for another process that builds tiny 1.0.0",
            ]
        assert "done building tiny 1.0.0" in lines_of(first)
    assert (first.returncode, second.returncode) == (0, 0)


def test_killed_build_leaves_no_half_binary(cache: Path, held: Path, tmp_path: Path) -> None:
    """After SIGKILL the engine counts as not built; the next build clears up and ends well."""
    folder = tiny.write(tmp_path / "tiny")
    with tiny.start(folder) as process:
        until((held / "began").exists, "the build")
        process.kill()
    builder = psutil.Process(int((held / "began").read_text()))
    assert {name.rpartition("-")[0] for name in names(cache)} == {"", ".tiny"}
    with pytest.raises(EngineError, match=r"tiny 1\.0\.0 is not built"):
        lookup.find(tiny.engine(folder))
    (held / "release").touch()
    builder.wait(60)

    with tiny.start(folder) as process:
        assert lines_of(process)[-1] == "done building tiny 1.0.0"
    assert names(cache) == {"tiny-HASH", "tiny.lock"}


def test_interrupted_build_ends_its_tools(cache: Path, held: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the compiler too, and removes the folder that it built in."""
    with tiny.start(tiny.write(tmp_path / "tiny")) as process:
        until((held / "began").exists, "the build")
        builder = psutil.Process(int((held / "began").read_text()))
        process.send_signal(signal.SIGINT)
        assert lines_of(process)[-1] == "failed building tiny 1.0.0"
    assert not builder.is_running()
    assert names(cache) == {"tiny.lock"}


def test_waiting_can_be_interrupted(cache: Path, held: Path, tmp_path: Path) -> None:
    """A process that waits for the build of another one gives up when it is told to."""
    folder = tiny.write(tmp_path / "tiny")
    with tiny.start(folder) as first:
        until((held / "began").exists, "the build")
        cancelled = threading.Event()
        cancelled.set()
        heard = tiny.Heard()
        with pytest.raises(Cancelled):
            building.build(tiny.engine(folder), heard, cancelled)
        assert heard.lines[-1] == "failed waiting for another process that builds tiny 1.0.0"
        (held / "release").touch()
        lines_of(first)


def test_first_failure_ends_the_others(
    cache: Path, held: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When one build fails, the one beside it is ended at once, and the error is that of the first."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    slow = tiny.engine(tiny.write(tmp_path / "slow"), "slow")
    broken = tiny.engine(tiny.write(tmp_path / "broken", "package main\n"), "broken")
    (broken.folder / "after").touch()
    heard = tiny.Heard()
    with pytest.raises(EngineError, match=r"building broken 1\.0\.0 failed \(exit code 1\)"):
        ensuring.ensure([slow, broken], [slow, broken], heard)
    assert heard.lines[-2:] == ["failed building broken 1.0.0", "failed building slow 1.0.0"]
    assert not psutil.pid_exists(int((held / "began").read_text()))
    assert names(cache) == {"slow.lock", "broken.lock", "broken.log"}


def test_engine_without_pins(cache: Path, tmp_path: Path) -> None:
    """An installation that has lost the folder of pins says so."""
    engine = tiny.engine(tmp_path / "nowhere")
    with pytest.raises(EngineError) as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert caught.value.message == (
        f"tiny cannot be built: {tmp_path}/nowhere/go.mod cannot be read (No such file or directory)"
    )


def test_failed_build_shows_the_compiler(cache: Path, tmp_path: Path) -> None:
    """The error has the compiler's last lines, and says where the rest is."""
    program = "package main\n\nfunc main() {\n\tnowhere()\n}\n"
    engine = tiny.engine(tiny.write(tmp_path / "tiny", program))
    with pytest.raises(EngineError) as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert caught.value.message == (
        "building tiny 1.0.0 failed (exit code 1):\n"
        "    singlepane/engines/tiny\n"
        "    # singlepane/engines/tiny\n"
        "    ./main.go:4:2: undefined: nowhere"
    )
    log = cache / "engines" / "tiny.log"
    assert caught.value.remedy == f"The whole output is in {log}."
    assert log.read_text().endswith("./main.go:4:2: undefined: nowhere\n")
    assert names(cache) == {"tiny.lock", "tiny.log"}


def test_unreachable_module_names_the_network(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that cannot be fetched leads to the network and the proxy settings."""
    folder = tiny.write(
        tmp_path / "tiny", 'package main\n\nimport _ "example.org/absent"\n\nfunc main() {}\n'
    )
    (folder / "go.mod").write_text(
        "module singlepane/engines/tiny\n\ngo 1.26\n\nrequire example.org/absent v1.0.0\n"
    )
    (folder / "go.sum").write_text(
        "example.org/absent v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        "example.org/absent v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    )
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:1")
    engine = tiny.engine(folder)
    with pytest.raises(EngineError, match=r"fetching tiny 1\.0\.0 failed") as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert "connection refused" in caught.value.message
    assert caught.value.remedy.startswith("The package source was not reached.")


def test_program_that_does_not_say_its_version(cache: Path, tmp_path: Path) -> None:
    """What was built is asked for its version before it is taken; without stamps there is none."""
    engine = tiny.engine(tiny.write(tmp_path / "tiny"), stamps="nowhere/version")
    with pytest.raises(EngineError) as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert caught.value.message == "tiny was built, but says it is of no version and not 1.0.0"
    assert names(cache) == {"tiny.lock"}


def test_cache_that_cannot_be_written(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder that cannot be made is named, with the variable that moves it."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    with pytest.raises(EngineError) as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert caught.value.message == (
        f"tiny cannot be built: {tmp_path}/file/cache/singlepane/engines: Not a directory"
    )
    assert caught.value.remedy == "Set XDG_CACHE_HOME to a folder that this user may write to."


def test_full_disk_under_the_cache(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space for our own files: the folder is named, and what to do."""

    def full(prefix: str, dir: Path) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(dir))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    with pytest.raises(EngineError) as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert caught.value.message == f"tiny cannot be built: {cache}/engines: No space left on device"
    assert caught.value.remedy == "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk."


def test_full_disk_under_the_compiler(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space for Go's own files (a go command that can only write to /dev/full) has its own remedy."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "go").write_text(
        '#!/bin/sh\n[ "$1" = env ] && echo go1.26.0 && exit 0\n'
        'echo "go: writing to the build cache:" && cat /dev/zero > /dev/full\n'
    )
    (tools / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    with pytest.raises(EngineError, match=r"(?s)fetching tiny 1\.0\.0 failed.*No space left") as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert caught.value.remedy.startswith("The disk is full:")
