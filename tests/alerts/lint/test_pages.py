"""Each rule has a file, a section and a test, and what its section shows is what the rule does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from alerts.lint import pint
from alerts.lint.rule import Rule
from alerts.lint.rules import RULES
from alerts.lint.run import lint
from singlepane.rule_programs import ask
from tests.alerts.lint.sound import SOUND, findings

PAGE = (Path(__file__).parents[3] / "docs" / "alerts" / "lint.md").read_text(encoding="utf-8")
_SECTION = re.compile(r"^## (A-\d\d): (.*?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = {match[1]: (match[2], _BLOCK.findall(match[3])) for match in _SECTION.finditer(PAGE)}


def shown(block: str) -> str:
    """The sound file with keys of a section in its alert, or in what it records."""
    document = yaml.safe_load(SOUND)
    keys = yaml.safe_load(block)
    document["groups"][0]["rules"][0 if "record" in keys else 1].update(keys)
    return yaml.safe_dump(document, sort_keys=False, width=1000)


def test_the_sound_one_is_sound() -> None:
    """What the tests of the rules break is whole before."""
    assert findings(SOUND) == ()


def test_every_rule_has_a_section() -> None:
    """In their order, under their titles."""
    assert [(code, title) for code, (title, _) in SECTIONS.items()] == [
        (rule.code, rule.title) for rule in RULES
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_a_file_and_a_test(rule: Rule) -> None:
    """Both named after it. promtool and pint are tried together, for they are programs."""
    module = Path(rule.check.__code__.co_filename).stem
    assert module.startswith(rule.code.lower().replace("-", ""))
    test = "programs" if rule.code in ("A-01", "A-02") else module
    assert (Path(__file__).parent / f"test_{test}.py").exists()


def test_the_examples_are_true() -> None:
    """The first of each section is found by its rule, the second by none."""
    pairs = {code: blocks for code, (_, blocks) in SECTIONS.items() if blocks}
    assert set(pairs) == {rule.code for rule in RULES} - {"A-12"}
    assert {len(blocks) for blocks in pairs.values()} == {2}
    texts = [
        (f"{code} {place}", shown(block))
        for code, blocks in pairs.items()
        for place, block in enumerate(blocks)
    ]
    found = lint(texts, ask, share=False)
    assert {row.position.file for row in found} == {f"{code} 0" for code in pairs}
    codes = {(row.position.file[:4], row.code) for row in found}
    assert {(code, code) for code in pairs} <= codes


def test_checks_of_pint_that_are_off_are_named_with_a_reason() -> None:
    """None is, and the page says so."""
    assert ("No check is off by name." in PAGE) is not bool(pint.OFF)
