"""The README says what is true of the command line and of the tree; what its tour shows is what comes out."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sysconfig
from pathlib import Path

from typer.testing import CliRunner

from deploy.targets.local import ports
from deploy.verify import HOPS
from deploy.wiring import local_components
from estate.load import load
from singlepane.program import GROUPS, VERBS, program

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
EXAMPLE = ROOT / "examples" / "shop" / "estate.yaml"


def pieces() -> list[tuple[str, str]]:
    """Each `$ …` line of the README's console blocks, and what stands below it."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [
        (command.strip(), shown.rstrip())
        for block in blocks
        for command, shown in re.findall(r"^\$ (.*)\n((?:[^$].*\n|\n)*)", block, re.MULTILINE)
    ]


def typed() -> list[list[str]]:
    """Words of every command."""
    return [shlex.split(command, comments=True) for command, _ in pieces()]


def table(command: str) -> list[list[str]]:
    """The table below a command, as words."""
    return [line.split() for line in dict(pieces())[command].splitlines()]


def test_the_table_lists_every_command() -> None:
    """The table of commands and the command line list the same verbs."""
    listed = re.findall(r"^\| `singlepane ([a-z]+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted((*VERBS, *GROUPS))


def test_typed_commands_are_real() -> None:
    """Every singlepane command of the tour, with each of its options, is one that the command line has."""
    ours = [words[1:] for words in typed() if words[0] == "singlepane"]
    assert ours
    for words in ours:
        path = words[: 2 if words[0] in GROUPS else 1]
        shown = CliRunner().invoke(program(path), [*path, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0, (words, shown.output)
        missing = [word for word in words if word.startswith("--") and word not in shown.output]
        assert missing == [], words


def test_make_targets_exist() -> None:
    """Every `make` target that the README names is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    wanted = {words[1] for words in typed() if words[0] == "make"}
    assert wanted == {"up", "test"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in wanted)


def test_what_needs_nothing_that_runs_prints_what_is_shown(tmp_path: Path) -> None:
    """Typed one after the other, `sed`, `check`, `explain` and `plan` print the README's very lines."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    quiet = [
        (command, shown)
        for command, shown in pieces()
        if command.startswith(("sed ", "singlepane check", "singlepane estate", "singlepane exporter"))
    ]
    assert len(quiet) == 4
    for command, shown in quiet:
        ran = subprocess.run(
            ["bash", "-c", command],  # noqa: S607 (as whoever reads the page types it)
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # Columns are filled up with blanks, also the last.
        assert [line.rstrip() for line in ran.stdout.splitlines()] == shown.splitlines(), command


def test_the_table_of_components_is_what_up_starts(tmp_path: Path) -> None:
    """Names, clusters, first ports and notes, in the order of the wiring."""
    components = local_components(load(EXAMPLE).estate, EXAMPLE, tmp_path)
    taken = ports.assign(components, ports.BASE)
    rows = table("singlepane up --detach")
    assert rows[1 : 1 + len(components)] == [
        [
            each.name,
            each.cluster,
            "ready",
            f"{ports.HOST}:{next(iter(taken[each.name].values()))}",
            *each.note.split(),
        ]
        for each in components
    ]


def test_the_hops_of_the_proof_are_all_there_are() -> None:
    """In the order of the path, each of them held; the example's clusters speak without TLS."""
    rows = table("singlepane verify")
    left_out = "certificates-valid"
    proven = [[hop.name, "ok"] for hop in HOPS if not hop.target and hop.name != left_out]
    assert [row[:2] for row in rows if row[1:2] == ["ok"]] == proven
