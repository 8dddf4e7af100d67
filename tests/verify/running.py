"""The example estate under `singlepane up`, in a state folder and on ports of its own, for tests and drills.

Everything goes through the command line, as a user would; processes are found by the marks that the local
target puts into their environment, so that a leak shows whoever started it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from deploy.targets.local import folder, marks

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"
# More than the example has ports.
PORTS = 60


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended. `seconds` is how long it took."""

    code: int
    out: str
    err: str
    seconds: float

    def good(self) -> Ran:
        """Itself, when it ended with 0; else AssertionError with what it said."""
        assert self.code == 0, f"exit code {self.code}\n{self.out[-4000:]}\n{self.err[-4000:]}"
        return self


def singlepane(*arguments: str, seconds: float = 600, code: Path | None = None) -> Ran:
    """Run the command line in a process of its own, of another checkout where `code` names one."""
    began = time.monotonic()
    # -P: a folder named `singlepane` in the current one is not ours.
    done = subprocess.run(
        [sys.executable, "-P", "-c", "from singlepane.main import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
        check=False,
        env={**os.environ, "PYTHONPATH": str(code)} if code else None,
    )
    return Ran(done.returncode, done.stdout, done.stderr, time.monotonic() - began)


def free_base() -> int:
    """A first port with enough free ones behind it, below the range that outgoing connections use."""
    start = 22000 + os.getpid() % 40 * 200
    bases: tuple[int, ...] = (*range(start, 32000, 200), *range(22000, start, 200))
    for base in bases:
        if all(_free(base + offset) for offset in range(PORTS)):
            return base
    raise AssertionError("no free ports")


def _free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass(frozen=True, slots=True)
class RunningEstate:
    """An estate in `state`, its ports from `base` on; `code` is as for `singlepane`."""

    state: Path
    base: int
    file: Path = EXAMPLE
    code: Path | None = None

    def up(self, *options: str) -> Ran:
        """`singlepane up --detach`."""
        where = ["--state", str(self.state), "--port-base", str(self.base)]
        return singlepane("up", str(self.file), "--detach", *where, *options, code=self.code)

    def down(self, *options: str) -> Ran:
        """`singlepane down`."""
        return self.command("down", *options)

    def command(self, verb: str, *arguments: str) -> Ran:
        """Any verb that takes --state."""
        return singlepane(verb, *arguments, "--state", str(self.state), code=self.code)

    def verify(self, seconds: float) -> tuple[Ran, dict[str, Any]]:
        """`singlepane verify -o json` and its document, empty when it printed none."""
        ran = self.command("verify", "--timeout", f"{seconds:g}", "-o", "json")
        return ran, json.loads(ran.out) if ran.out else {}

    def status(self) -> dict[str, Any]:
        """The document of `singlepane status -o json`."""
        document: dict[str, Any] = json.loads(self.command("status", "-o", "json").out)
        return document

    def recorded(self) -> dict[str, Any]:
        """`STATE/status.json` as it is now: cheaper than asking, and there while a component is down."""
        document: dict[str, Any] = json.loads((self.state / "status.json").read_text())
        return document

    def component(self, name: str) -> dict[str, Any]:
        """One component's row of `recorded`."""
        (row,) = [row for row in self.recorded()["components"] if row["name"] == name]
        return dict(row)

    def address(self, component: str, port: str = "http") -> str:
        """`host:port`."""
        return str(self.component(component)["addresses"][port])

    def query(self, expression: str, component: str = "query", **params: str) -> list[dict[str, Any]]:
        """The result of an instant query. Raises httpx.HTTPError when it does not answer."""
        reply = httpx.get(
            f"http://{self.address(component)}/api/v1/query",
            params={"query": expression, **params},
            timeout=30,
        )
        assert reply.is_success, f"{expression}: {reply.text[:500]}"
        result: list[dict[str, Any]] = reply.json()["data"]["result"]
        return result

    def processes(self) -> list[psutil.Process]:
        """Every living process of this estate: marked ones, and supervisor and guard, which work in its
        folder.
        """
        found = folder.find(self.state)
        marked = [] if found is None else list(marks.processes(found.id))
        known = {each.pid for each in marked}
        here = str(self.state.resolve())
        return marked + [
            each for each in psutil.process_iter() if each.pid not in known and _folder(each) == here
        ]

    def left(self) -> Mapping[str, list[str]]:
        """What `down` left behind: processes that know the state folder, and ports that are in use."""
        found = self.processes()
        named = [each for each in psutil.process_iter() if str(self.state) in " ".join(_words(each))]
        return {
            "processes": sorted({f"{each.pid} {' '.join(_words(each))[:120]}" for each in (*found, *named)}),
            "ports": [str(self.base + offset) for offset in range(PORTS) if not _free(self.base + offset)],
        }


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def _folder(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


@contextmanager
def running(state: Path, *options: str, file: Path = EXAMPLE) -> Iterator[RunningEstate]:
    """The estate, up; down at the end, whatever happened."""
    estate = RunningEstate(state, free_base(), file)
    try:
        estate.up(*options).good()
        yield estate
    finally:
        estate.down()
