"""The verification document, whole, and the file that keeps it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.verify import HopResult, Verification, record
from estate.errors import StateFolderError

BROKEN = HopResult("scraped", "weu", 1, False, "broken", "a cause", "A remedy.", 4.56789)
RESULTS = (
    HopResult("exporter-answers", "weu", 0, True, "2 exporters, 58 series", seconds=0.0123),
    HopResult("scraped", "weu", 0, True, "2 targets up", seconds=0.2),
    HopResult("external-labels", "weu", 0, False, "broken", "another cause", "Another remedy.", 1.0),
    HopResult("exporter-answers", "weu", 1, True, "2 exporters, 58 series", seconds=0.0123),
    BROKEN,
    HopResult("external-labels", "weu", 1, False, "not reached", reached=False),
)
HOPS = ("exporter-answers", "scraped", "external-labels")


def verification(*results: HopResult) -> Verification:
    """A verification with these results."""
    return Verification("proof", 1700000000.12345, 5.4321, 180.0, HOPS, results)


def test_document_is_stable() -> None:
    """The document of a broken verification, as programs read it."""
    first = {
        "hop": "scraped",
        "cluster": "weu",
        "replica": 1,
        "ok": False,
        "detail": "broken",
        "cause": "a cause",
        "remedy": "A remedy.",
        "seconds": 4.568,
        "reached": True,
        "proven": False,
        "pending": False,
    }
    assert verification(RESULTS[3], BROKEN, RESULTS[5]).document() == {
        "estate": "proof",
        "ok": False,
        "started": 1700000000.123,
        "seconds": 5.432,
        "timeout": 180.0,
        "hops": ["exporter-answers", "scraped", "external-labels"],
        "first_broken": first,
        "results": [
            {
                "hop": "exporter-answers",
                "cluster": "weu",
                "replica": 1,
                "ok": True,
                "detail": "2 exporters, 58 series",
                "cause": "",
                "remedy": "",
                "seconds": 0.012,
                "reached": True,
                "proven": False,
                "pending": False,
            },
            first,
            {
                "hop": "external-labels",
                "cluster": "weu",
                "replica": 1,
                "ok": False,
                "detail": "not reached",
                "cause": "",
                "remedy": "",
                "seconds": 0.0,
                "reached": False,
                "proven": False,
                "pending": False,
            },
        ],
    }


def test_first_broken_is_the_earliest_on_the_path() -> None:
    """Of several broken hops the one nearest to the source is the cause to begin with."""
    assert verification(*RESULTS).first_broken == BROKEN


def test_nothing_proven_is_not_ok() -> None:
    """An estate without a single replica has not been verified."""
    assert not verification().ok
    assert verification().first_broken is None


def test_record_replaces_the_document_in_one_step(tmp_path: Path) -> None:
    """The file holds the whole new document, and nothing else is left beside it."""
    record(verification(RESULTS[0]), tmp_path)
    path = record(verification(*RESULTS), tmp_path)
    assert path == tmp_path / "verification.json"
    assert json.loads(path.read_text()) == verification(*RESULTS).document()
    assert [entry.name for entry in tmp_path.iterdir()] == ["verification.json"]


def test_record_says_where_it_cannot_write(tmp_path: Path) -> None:
    """A state folder that is gone is an error of the surroundings with a remedy."""
    with pytest.raises(StateFolderError) as error:
        record(verification(), tmp_path / "gone")
    assert error.value.message == (
        f"the verification cannot be kept in {tmp_path}/gone/verification.json: No such file or directory"
    )
    assert error.value.remedy
