"""Every check of the Kubernetes target, by its fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.targets.kubernetes.checks import of_cluster, of_estate, of_objects, of_stack
from tests.checks.cases import CHECKS, FILES, FOLDER, KUBERNETES, codes, found
from tests.estate.bad import transcript

ROOMS = (of_estate, of_objects, of_cluster, of_stack)
FAILING = [file for file in FILES if file.stem.startswith("failing")]
PASSING = [file for file in FILES if file.stem.startswith("passing")]


def name(file: Path) -> str:
    """A fixture in the list of tests."""
    return f"{file.parent.name}-{file.stem}"


@pytest.mark.parametrize("file", FAILING, ids=name)
def test_it_finds_what_is_wrong(file: Path) -> None:
    """Place, severity, code, key, sentence and fix of all findings, compared whole."""
    said = transcript(found(file))
    assert said == file.with_suffix(".expected").read_text()
    assert said.strip()


@pytest.mark.parametrize("file", PASSING, ids=name)
def test_it_is_silent_where_nothing_is_wrong(file: Path) -> None:
    """The nearest thing that is right has no finding."""
    assert found(file) == ()


def test_every_check_has_both_and_is_registered() -> None:
    """One file a check, of its name; a failing and a passing fixture; and no expectation is left over."""
    assert set(CHECKS) == {file.parent.name for file in FAILING} == {file.parent.name for file in PASSING}
    assert {*FAILING, *PASSING} == set(FILES)
    assert {file.with_suffix(".expected") for file in FAILING} == set(FOLDER.glob("*/*.expected"))
    for room in ROOMS:
        files = {file.stem for file in Path(str(room.__file__)).parent.glob("*.py")} - {"__init__"}
        assert files == {check.__name__ for check in room.CHECKS}


def test_every_check_names_its_source() -> None:
    """An address, an issue, or how it was measured: whoever doubts a check can look."""
    for room in ROOMS:
        for file in Path(str(room.__file__)).parent.glob("*.py"):
            assert file.stem == "__init__" or "Source: " in file.read_text(), file.name


def test_every_code_is_shown() -> None:
    """Those behind the comment of the registry that names these checks, and no others."""
    assert codes() == KUBERNETES
