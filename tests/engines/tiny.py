"""A tiny Go program as an engine, a go command that tests can hold, and a process that builds with them.

The program imports nothing, so that its first build takes seconds and needs no network. As a script it builds
engines: `python -m tests.engines.tiny FOLDER...` prints every step as a line.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.engines import ensuring
from deploy.engines.progress import Step
from deploy.engines.spec import Engine, GoBuild

PROGRAM = """\
package main

var Version, Revision, Branch, BuildUser, BuildDate string

func main() {
	println("tiny, version " + Version + " (branch: " + Branch + ", revision: " + Revision + ")")
	println("  build user: " + BuildUser + ", build date: " + BuildDate)
}
"""

# A go command that says when a build begins and waits until it may go on; it gives up by itself after a
# minute. A build in a folder with a file `after` waits until another build has begun instead.
HELD_GO = """\
#!/bin/sh
wait_for() {{
    left=600
    while [ ! -e "{folder}/$1" ] && [ "$left" -gt 0 ]; do sleep 0.1; left=$((left - 1)); done
}}
if [ "$1" = build ] && [ -e after ]; then
    wait_for began
elif [ "$1" = build ]; then
    echo "$$" > "{folder}/began.new" && mv "{folder}/began.new" "{folder}/began"
    wait_for release
fi
exec "{go}" "$@"
"""


class Heard:
    """Keeps the steps that it is told of, as `started building tiny 1.0.0`; `aloud` also prints them."""

    def __init__(self, aloud: bool = False) -> None:
        self.aloud = aloud
        self.lines: list[str] = []

    def _add(self, line: str) -> None:
        self.lines.append(line)
        if self.aloud:
            print(line, flush=True)

    def started(self, step: Step) -> None:
        """Keep it."""
        self._add(f"started {step}")

    def advanced(self, step: Step, count: int, total: int) -> None:
        """Counts differ from machine to machine."""

    def done(self, step: Step, seconds: float) -> None:
        """Keep it."""
        self._add(f"done {step}")

    def failed(self, step: Step, seconds: float) -> None:
        """Keep it."""
        self._add(f"failed {step}")


def engine(folder: Path, name: str = "tiny", stamps: str | tuple[str, ...] = "main") -> Engine:
    """The engine whose pins are in `folder`."""
    return Engine(name, "1.0.0", folder, GoBuild("singlepane/engines/tiny", ("netgo",), stamps), name)


def write(folder: Path, program: str = PROGRAM) -> Path:
    """Write the pins and the source of the program; returns the folder."""
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module singlepane/engines/tiny\n\ngo 1.26\n")
    (folder / "go.sum").write_text("")
    (folder / "main.go").write_text(program)
    return folder


def start(*folders: Path) -> subprocess.Popen[str]:
    """Build the engines of these folders in a process of its own; an engine is named as its folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engines.tiny", *(str(folder) for folder in folders)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def main(folders: list[str]) -> None:
    """Build the engines of these folders."""
    engines = [engine(Path(folder), Path(folder).name) for folder in folders]
    ensuring.ensure(engines, engines, Heard(aloud=True))


if __name__ == "__main__":
    main(sys.argv[1:])
