"""Each rule has a file, a page and a test, and what its page shows is what the rule does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashboards.lint.rule import Rule
from dashboards.lint.rules import RULES
from tests.dashboards.lint.sound import asking, findings, said, sound
from tests.dashboards.places import ROOT

PAGES = ROOT / "docs" / "dashboards" / "lint"
BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
WITHOUT_EXAMPLE = {"D-18", "D-22"}


def page(rule: Rule) -> str:
    """The page of a rule."""
    return (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")


def dashboard(language: str, part: str, content: str) -> dict[str, Any]:
    """The sound dashboard with what a page shows in it."""
    if language == "promql":
        document = asking(content)
        document["tags"] = [part] if part else []
        return document
    document = sound()
    shown = json.loads(content)
    match part:
        case "dashboard":
            document |= shown
        case "variable":
            document["templating"]["list"].append(shown)
        case "panel":
            document["panels"][0] |= shown
    return document


def test_the_sound_one_is_sound() -> None:
    """What the tests of the rules break is whole before."""
    assert findings(sound()) == ()


def test_rules_are_numbered_without_a_gap() -> None:
    """From 1 to 24."""
    assert [rule.code for rule in RULES] == [f"D-{number:02}" for number in range(1, 25)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_a_file_a_page_and_a_test(rule: Rule) -> None:
    """All named after it, and the page begins with what must hold."""
    module = Path(rule.check.__code__.co_filename).stem
    assert module.startswith(rule.code.lower().replace("-", ""))
    assert page(rule).startswith(f"# {rule.code}: {rule.title}\n")
    assert (Path(__file__).parent / f"test_{module}.py").exists()


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.code not in WITHOUT_EXAMPLE], ids=lambda rule: rule.code
)
def test_the_examples_of_a_page_are_true(rule: Rule) -> None:
    """The first is found by the rule, the second is not."""
    found, instead = (dashboard(*block) for block in BLOCK.findall(page(rule)))
    shipped = frozenset({"singlepane-thanos"})
    assert said(found, rule.code, shipped=shipped) != []
    assert said(instead, rule.code, shipped=shipped) == []


def test_the_overview_lists_every_rule() -> None:
    """With its title and a link to its page."""
    overview = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(D-\d\d)\]\(dashboards/lint/\1\.md\) \| (.*) \|$", overview, re.MULTILINE)
    assert listed == [(rule.code, f"{rule.title}.") for rule in RULES]
