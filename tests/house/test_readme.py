"""The README says what is true of the command line and of the tree."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from singlepane.main import GROUPS, VERBS, program

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def typed() -> list[list[str]]:
    """Words of every `$ …` line in the README's console blocks."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [
        shlex.split(line[2:], comments=True)
        for block in blocks
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


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


def test_nothing_is_left_to_fill_in() -> None:
    """Output in the tour is real output."""
    assert "TOUR-" not in README
