"""Every bad estate is answered with exactly the findings that its sibling file holds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from estate import parse
from estate.codes import CODES
from tests.checks.cases import KUBERNETES
from tests.estate.bad import FILES, FOLDER, found, transcript

# Made in test_load.py, because no file of a repository can be like this.
ELSEWHERE = {"file-unreadable", "file-too-large", "too-many-values"}
# Not of an estate: of an exporter's web configuration.
ELSEWHERE |= {"certificate-validity"}
# Of clusters alone: in tests/checks.
ELSEWHERE |= KUBERNETES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_findings_are_as_expected(file: Path) -> None:
    """File, line, column, severity, code, key, sentence and fix of all findings, compared whole."""
    assert transcript(found(file.name)) == file.with_suffix(".expected").read_text()


def test_bad_estates_are_many_and_show_every_finding() -> None:
    """At least 75 files, none without its expectation, and no finding that no file shows."""
    assert len(FILES) >= 75
    assert {file.stem for file in FILES} == {file.stem for file in FOLDER.glob("*.expected")}
    shown = {finding.code for file in FILES for finding in found(file.name)}
    assert shown | ELSEWHERE == set(CODES)
    assert not shown & ELSEWHERE


def test_secrets_are_never_repeated() -> None:
    """What stands where a secret may stand does not appear in any finding."""
    secrets = ("eyJhbGciOiJIUzI1NiJ9", "c2VjcmV0", "hunter2", "12345678", "AccountKey")
    for file in FILES:
        if file.stem.startswith("secret-"):
            text = transcript(found(file.name))
            assert [secret for secret in secrets if secret in text] == []
            assert "literal-secret" in text


def test_pure_python_parser_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML has no libyaml, the findings are the same."""
    monkeypatch.setattr(parse, "LOADER", yaml.SafeLoader)
    for file in FILES:
        assert transcript(found(file.name)) == file.with_suffix(".expected").read_text(), file.name
