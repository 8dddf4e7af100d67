"""docs/invariants.md has a row for every invariant, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.verify.hops import HOPS
from estate.codes import CODES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "invariants.md"
ROWS = re.findall(r"^\| ([IA]\d+) \| (.+?) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_invariant_has_a_row() -> None:
    """I1 to I49 and A1 to A9, in order, each once."""
    numbers = [f"I{number}" for number in range(1, 50)] + [f"A{number}" for number in range(1, 10)]
    assert [row[0] for row in ROWS] == numbers


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_holds_it_exists(row: tuple[str, str, str]) -> None:
    """Codes, alerts, hops and tests that a row names; a row without any says why."""
    _, _, held = row
    codes = re.findall(r"findings\.md#([\w-]+)", held)
    alerts = re.findall(r"runbooks/(\w+)\.md", held)
    hops = re.findall(r"hop `([\w-]+)`", held)
    plans = re.findall(r"`([\w-]+)` of \[the plan\]", held)
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", held)
    assert set(codes) <= CODES.keys()
    assert {name for name in alerts if not (ROOT / "docs" / "runbooks" / f"{name}.md").exists()} == set()
    assert set(hops) <= {hop.name for hop in HOPS}
    plan = (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")
    assert [code for code in plans if f"| `{code}` |" not in plan] == []
    for file, name in tests:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{file}::{name}"
    assert (
        codes
        or alerts
        or hops
        or plans
        or tests
        or re.search(r"\*(open|not here)\*: \w+", held)
        or "I1 " in held
    )
