"""The command line as a whole: the list of commands, help, version, completion, and what each start loads."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import sysconfig

import pytest
import typer
from typer.testing import CliRunner

from singlepane.program import GROUPS, VERBS, program

PROGRAM = f"{sysconfig.get_path('scripts')}/singlepane"
COMMANDS = (*VERBS, *GROUPS)


def ran(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [PROGRAM, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "120", **environment},
    )


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_command_with_what_it_does(option: str) -> None:
    """Each in its order, with the sentence of the list."""
    shown = " ".join(re.sub(r"[│╭╮╰╯─]", " ", ran(option).stdout).split())
    places = [shown.index(f"{name} {says}") for name, says in (VERBS | GROUPS).items()]
    assert places == sorted(places)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_begins_its_help_as_the_list_says(name: str) -> None:
    """The list and the command's own help have the same first paragraph."""
    module = importlib.import_module(f"singlepane.commands.{name}")
    said = getattr(module, name).__doc__ if name in VERBS else module.app.info.help
    assert " ".join(said.split("\n\n")[0].split()) == (VERBS | GROUPS)[name]


@pytest.mark.parametrize("words", [(), ("check",), ("estate", "explain"), ("exporter", "plan")])
def test_the_short_option_for_help_is_taken_at_every_level(words: tuple[str, ...]) -> None:
    """As is the long one."""
    short, long = (CliRunner().invoke(program(words), [*words, option]) for option in ("-h", "--help"))
    assert (short.exit_code, short.output) == (0, long.output)


def test_the_version_is_that_of_the_package() -> None:
    """One line on stdout."""
    from importlib.metadata import version  # noqa: PLC0415 - of this test alone

    assert ran("--version").stdout == f"singlepane {version('singlepane')}\n"


def test_a_mistyped_command_is_answered_with_the_closest() -> None:
    """Exit code 2."""
    answer = ran("chekc")
    assert answer.returncode == 2
    assert "Did you mean 'check'?" in answer.stderr


@pytest.mark.parametrize("word", ["--help", "chekc", "--version"])
def test_nothing_of_a_verb_is_loaded_before_it_is_asked_for(word: str) -> None:
    """No module of ours but the list, what prints, and what findings and errors are."""
    watch = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(sorted(name for name in sys.modules\n"
        "    if name.split('.')[0] in ('deploy', 'exporters', 'estate', 'alerts', 'thanos')\n"
        "    or name.startswith('singlepane.commands'))))\n"
        f"sys.argv = ['singlepane', {word!r}]\n"
        "from singlepane.main import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", watch], capture_output=True, text=True, check=False)
    (loaded,) = [line for line in done.stdout.splitlines() if line.startswith("['estate'")]
    assert loaded == "['estate', 'estate.errors', 'estate.findings']"


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("singlepane che", "check"),
        ("singlepane check --out", "--output"),
        ("singlepane estate ex", "explain"),
    ],
)
def test_bash_completes_commands_and_options(line: str, offered: str) -> None:
    """As the script asks that `--show-completion` prints."""
    answer = ran(_SINGLEPANE_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(line.split()) - 1))
    assert offered in answer.stdout.split()


def test_zsh_is_told_what_each_command_does() -> None:
    """The sentences of the list stand beside the names."""
    answer = ran(_SINGLEPANE_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="singlepane ver")
    assert "verify" in answer.stdout
    assert VERBS["verify"][:30] in answer.stdout


def test_the_state_folder_can_be_named_once_for_all_commands(tmp_path: object) -> None:
    """By a variable of the environment."""
    folder = f"{tmp_path}/elsewhere"
    answer = ran("status", SINGLEPANE_STATE=folder)
    assert answer.returncode == 3
    assert folder in answer.stderr.replace("\n", "")


def test_typer_is_used_with_its_own_completion() -> None:
    """A program without arguments can be built: shells ask it for the completion script."""
    assert isinstance(program([]), typer.Typer)
