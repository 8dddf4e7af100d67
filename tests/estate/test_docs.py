"""What is public has a place in the docs, and the docs name nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from estate.codes import CODES
from estate.load import load
from tests.estate.reference import PAGE, written

FINDINGS = PAGE.with_name("findings.md")


def test_findings_page_has_a_section_on_each() -> None:
    """In the order of the registry, with its severity and sentence, and some words on what to do."""
    sections = re.split(r"^### ", FINDINGS.read_text(), flags=re.MULTILINE)[1:]
    said = [section.split("\n\n") for section in sections]
    assert [(parts[0], parts[1]) for parts in said] == [
        (code, f"**{kind.severity}**: {kind.sentence}") for code, kind in CODES.items()
    ]
    assert [parts[0] for parts in said if len(parts[2]) < 10] == []


def test_estate_page_lists_every_key() -> None:
    """The table of keys is what the model says today: `python -m tests.estate.reference` writes it."""
    page = PAGE.read_text()
    assert written(page) == page


def test_estates_of_the_page_are_as_it_says(tmp_path: Path) -> None:
    """The smallest estate is valid without warnings; the other pieces are YAML."""
    pieces = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    assert len(pieces) == 3
    file = tmp_path / "estate.yaml"
    file.write_text(pieces[0])
    assert load(file).findings == ()
    assert all(isinstance(yaml.safe_load(piece), dict) for piece in pieces)
