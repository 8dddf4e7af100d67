"""Configurations of other exporters: ours, what could not be carried, and errors, compared whole.

`python -m tests.exporters.imports.test_imports` writes the expectations anew; read the difference before
committing.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from estate.errors import EstateInvalid, SinglepaneError
from exporters.configuration.load import load
from exporters.imports import SOURCES, carried
from singlepane.commands.exporter import app
from singlepane.commands.exporter_import import Format
from tests.exporters.doubles import DATA

FOLDER = DATA / "exporters" / "imports"
FILES = sorted([*FOLDER.glob("*.yaml"), *FOLDER.glob("*.toml")])
GOOD = [path for path in FILES if "-bad-" not in path.name]


def outcome(path: Path) -> str:
    """What a person sees: the file, and below it what could not be carried; or the error."""
    source = next(each for each in SOURCES if path.name.startswith(each.name))
    try:
        text, left = carried(source, path.read_text(), path.name, "imported")
    except EstateInvalid as error:
        return "".join(f"{each.position}: {each.message}\n    {each.fix}\n" for each in error.findings)
    except SinglepaneError as error:
        return f"{error.message}\n    {error.remedy}\n"
    return text + "---\n" + "".join(f"{line}\n" for line in left)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_outcome_is_as_expected(path: Path) -> None:
    """Each example gives exactly this file, these remarks, or this error."""
    assert outcome(path) == path.with_suffix(".expected").read_text()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_written_loads(path: Path, tmp_path: Path) -> None:
    """The file is one that the exporter takes as it is."""
    source = path.name.split("-")[0]
    ran = CliRunner().invoke(app, ["import", source, str(path)])
    assert ran.exit_code == 0, ran.output
    file = tmp_path / "exporter.yaml"
    file.write_text(ran.stdout)
    assert load(file).name == path.stem


def test_no_secret_is_copied_or_shown() -> None:
    """Neither file nor remarks hold it; the file has a reference in its place."""
    path = FOLDER / "telegraf-shop.toml"
    assert "a-literal-secret" in path.read_text()
    ran = CliRunner().invoke(app, ["import", "telegraf", str(path)])
    assert "a-literal-secret" not in ran.output
    assert "identity: env:AZURE_CLIENT_SECRET" in ran.stdout


def test_words_of_the_command_are_the_formats() -> None:
    """One list, two places."""
    assert [each.value for each in Format] == [source.name for source in SOURCES]


if __name__ == "__main__":
    for each in FILES:
        each.with_suffix(".expected").write_text(outcome(each))
