"""The pages on clusters name commands and codes that there are, and all of them."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.targets.kubernetes.changes import consequences
from singlepane.program import program

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("kubernetes", "plan", "waves", "adopting")


def typed(page: str) -> list[list[str]]:
    """Words of each `singlepane` command of a page's blocks."""
    text = (DOCS / f"{page}.md").read_text()
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    shown = [block for language, block in blocks if language in ("", "console")]
    lines = [line.removeprefix("$ ") for block in shown for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("singlepane ")]


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_are_real(page: str) -> None:
    """As far as the help of each verb tells."""
    rows = typed(page)
    assert rows
    for words in rows:
        shown = CliRunner().invoke(program([words[0]]), [words[0], "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0, words
        assert [word for word in words if word.startswith("--") and word not in shown.output] == [], words


def test_every_code_of_a_loss_is_explained() -> None:
    """In the table of docs/plan.md, and nothing else is."""
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(consequences)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Consequence"
    ]
    codes = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    text = (DOCS / "plan.md").read_text()
    table = text[text.index("| code | when |") :]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == codes
