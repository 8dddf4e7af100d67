"""Ctrl-C at any moment of a command's own start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Sends SIGINT to itself when the module of that name begins to load, as Ctrl-C in that moment would.
SCRIPT = """
import builtins, os, signal, sys
# As in a terminal, whatever the tests run under.
signal.signal(signal.SIGINT, signal.default_int_handler)
real, wanted = builtins.__import__, sys.argv.pop(1)
def load(name, *rest):
    if name == wanted:
        builtins.__import__ = real
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest)
builtins.__import__ = load
from singlepane.main import main
main()
"""


@pytest.mark.parametrize(
    "module",
    ["singlepane.program", "typer", "rich.console"],
)
def test_ends_without_a_word(module: str, tmp_path: Path) -> None:
    """Whatever is being loaded: exit code 130 and no traceback."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, module, "status", "--state", str(tmp_path / "state")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")
