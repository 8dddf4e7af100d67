"""`singlepane alerts lint` as a person, a program and a code host meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from singlepane.program import program
from tests.alerts.lint.sound import SOUND, changed


def _run(*words: str, given: str | bytes | None = None) -> Any:
    return CliRunner().invoke(program(["alerts"]), ["alerts", "lint", *words], input=given)


def test_a_folder_of_files(tmp_path: Path) -> None:
    """Findings with file, line and remedy on stdout, and exit code 1; what is no YAML is passed over."""
    (tmp_path / "sound.yaml").write_text(SOUND)
    (tmp_path / "wrong.yml").write_text(changed(("team: shop", "crew: shop")))
    (tmp_path / "readme.md").write_text("# Rules\n")
    ran = _run(str(tmp_path))
    assert ran.exit_code == 1
    assert ran.stdout.splitlines() == [
        f"{tmp_path}/wrong.yml:6:9: error: OrdersFail: the alert has no label team [A-03]",
        "    add team to its labels",
    ]
    assert ran.stderr.endswith("2 files: 1 finding\n")


def test_standard_input_as_sarif() -> None:
    """With the place of each; a sound file has no result, and exit code 0."""
    ran = _run("-", "-o", "sarif", given=changed(("team: shop", "crew: shop")))
    results = json.loads(ran.stdout)["runs"][0]["results"]
    assert [(row["ruleId"], row["level"]) for row in results] == [("A-03", "error")]
    assert results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 6
    sound = _run("-", "-o", "json", given=SOUND)
    assert (sound.exit_code, json.loads(sound.stdout)) == (0, {"findings": []})


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """No text, or not there: a finding or an error with a remedy, before any program runs."""
    (tmp_path / "binary.yaml").write_bytes(b"groups:\n  - name: \xff\n")
    ran = _run(str(tmp_path / "binary.yaml"))
    assert (ran.exit_code, "binary.yaml:2:1: error: it is no text in UTF-8 [A-01]" in ran.stdout) == (1, True)
    gone = _run(str(tmp_path / "gone.yaml"))
    assert "gone.yaml is no file and no folder" in str(gone.exception)
    (tmp_path / "none").mkdir()
    assert "holds no .yaml and no .yml file" in str(_run(str(tmp_path / "none")).exception)


def test_the_rules_of_an_estate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without files those that `alerts build` writes, and nothing is found in them."""
    monkeypatch.chdir(Path(__file__).parents[3])
    ran = _run("-e", "examples/shop/estate.yaml")
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert ran.stderr.endswith(" files: nothing found\n")
