"""100 broken estates, each found with code and place; 100 good ones without a finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from deploy.targets.kubernetes.checks import findings
from estate.codes import CODES
from estate.errors import EstateInvalid
from estate.findings import Finding
from estate.load import load
from tests.checks.breakages import BROKEN, Broken, broken, place
from tests.checks.cases import KUBERNETES
from tests.estate.generate import estate

# An estate of so many clusters is as right as one of another number.
CLUSTERS = 9
GOOD = estate(CLUSTERS)
# Sizes from one cluster on: most estates are small.
SIZES = [*range(1, 91), 100, 110, 120, 140, 160, 180, 200, 220, 250, 280]


def said(file: Path) -> tuple[Finding, ...]:
    """All that `singlepane check --target kubernetes` says of a file."""
    try:
        loaded = load(file)
    except EstateInvalid as error:
        return error.findings
    return (*loaded.findings, *findings(loaded))


def names() -> Iterator[str]:
    """Code and key, numbered where both are equal."""
    for index, change in enumerate(BROKEN):
        yield f"{index:03}-{change.code}"


@pytest.mark.parametrize("change", BROKEN, ids=names())
def test_a_broken_estate_is_found(change: Broken, tmp_path: Path) -> None:
    """By its code, and at the very key that was broken, on a line of the file."""
    document = broken(yaml.safe_load(GOOD), change)
    file = tmp_path / "estate.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    found = said(file)
    assert (change.code, place(yaml.safe_load(GOOD), change)) in {(row.code, row.path) for row in found}
    assert all(row.position.line and row.position.column for row in found)


def test_they_are_more_than_a_hundred_of_many_kinds() -> None:
    """Every code of a check of the estate that clusters have is among them."""
    assert len(BROKEN) >= 100
    codes = {change.code for change in BROKEN}
    assert len(codes) >= 75
    of_the_file = list(CODES)[list(CODES).index("address-missing") : list(CODES).index("api-removed")]
    assert set(of_the_file) == codes & KUBERNETES


@pytest.mark.parametrize("clusters", SIZES)
def test_a_good_estate_has_no_finding(clusters: int, tmp_path: Path) -> None:
    """Neither on one machine nor on clusters, whatever its size."""
    file = tmp_path / "estate.yaml"
    file.write_text(estate(clusters))
    assert said(file) == ()


def test_the_good_ones_are_a_hundred() -> None:
    """As the broken ones are."""
    assert len(set(SIZES)) == 100
