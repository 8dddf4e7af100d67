"""One case: what was done wrong, the command line, and the whole transcript of what is answered.

A transcript reads as a terminal does: `1>` is what went to stdout, `2>` to stderr, and the last line is the
exit code. Of a plan that an apply shows, rows that only say what is made are counted. Commands run in this
process, in a folder that holds `estate.yaml` and `kubeconfig`.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from singlepane import program
from tests.estate.bad import inside
from tests.refusals.world import World

DATA = Path(__file__).parents[1] / "data" / "refusals"
ESTATE = (DATA / "estate.yaml").read_text()
# What differs from run to run: the process that holds a lock, and ports of this machine.
_CHANGING = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"port=\d+"), "port=PORT"),
    # How this process was started.
    (re.compile(r"python -m pytest\.|(?<=Usage: )pytest "), ""),
    (re.compile(r" since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"), " since TIME"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """`what` was done wrong, in words. `words` is the command line after `singlepane`.

    `changes` are made to the text of the estate, each old one by its new one; `before` changes the world.
    """

    what: str
    words: str
    changes: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[World], None] = lambda world: None


def transcript(case: Case, world: World) -> str:
    """What a person sees, from the command line to the exit code."""
    text = ESTATE
    lines = [f"=== {case.what}"]
    for old, new in case.changes.items():
        assert text.count(old) == 1, f"{case.what}: {old!r} stands {text.count(old)} times in the estate"
        text = text.replace(old, new)
        lines.append(f"  {old!r} is written {new!r}")
    (world.folder / "estate.yaml").write_text(text)
    case.before(world)
    code, out, err = _run(shlex.split(case.words), world)
    lines.append(f"$ singlepane {case.words}")
    lines += [f"1> {line}".rstrip() for line in _steady(out, world).splitlines()]
    lines += [f"2> {line}".rstrip() for line in _folded(_steady(err, world).splitlines())]
    lines.append(f"exit {code}")
    return "\n".join(lines) + "\n"


def sections(text: str) -> dict[str, str]:
    """The cases of a recorded file by what was done wrong."""
    parts = re.split(r"^(?==== )", text, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0].removeprefix("=== "): part.rstrip("\n") + "\n" for part in parts}


def _run(words: list[str], world: World) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with (
        inside(world.folder),
        _environment(world),
        patch.object(sys, "argv", ["singlepane", *words]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            code = program.run()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return code, out.getvalue(), err.getvalue()


@contextmanager
def _environment(world: World) -> Iterator[None]:
    own = {
        "KUBECONFIG": "kubeconfig",
        "PAGER_URL": "https://pager.example/x",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    with patch.dict(os.environ, {**own, "COLUMNS": "110", **world.environment}):
        yield


def _folded(lines: list[str]) -> Iterator[str]:
    made = 0
    for line in (*lines, ""):
        if line.startswith("  + "):
            made += 1
            continue
        if made:
            yield f"  + … {made} rows"
        made = 0
        if line:
            yield line


def _steady(text: str, world: World) -> str:
    text = text.replace(f"{world.folder.resolve()}/", "").replace(str(world.folder.resolve()), ".")
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return text
