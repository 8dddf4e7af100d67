"""20,000 broken estates: each is answered with findings or loaded, never with a traceback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import yaml

from estate import parse
from estate.errors import EstateInvalid
from estate.load import load
from tests.estate.bad import FOLDER, transcript
from tests.estate.fuzz import mutant

COUNT = 20_000
SHARDS = 4


def outcomes(numbers: range, folder: Path) -> Counter[str]:
    """What became of the estates of these numbers; a defect is counted with its number."""
    file = folder / f"{numbers.start}.yaml"
    # The includes that some seeds name are there, so that mutants reach them too.
    (folder / "parts").mkdir(parents=True, exist_ok=True)
    for part in (FOLDER / "parts").iterdir():
        (folder / "parts" / part.name).write_bytes(part.read_bytes())
    seen: Counter[str] = Counter()
    for number in numbers:
        file.write_bytes(mutant(number))
        try:
            transcript(load(file).findings).encode()
            seen["valid"] += 1
        except EstateInvalid as error:
            seen["refused"] += 1
            # What is printed must be printable, and an invalid estate says why.
            transcript(error.findings).encode()
            seen.update(finding.code for finding in error.findings)
            if not any(finding.severity == "error" for finding in error.findings):
                seen[f"{number}: refused without an error"] += 1
        except Exception as error:
            seen[f"{number}: {type(error).__name__}: {error}"] += 1
    return seen


def shards() -> Iterator[range]:
    """The numbers in equal parts."""
    for shard in range(SHARDS):
        yield range(shard * COUNT // SHARDS, (shard + 1) * COUNT // SHARDS)


def test_no_broken_estate_makes_a_traceback(tmp_path: Path) -> None:
    """Every one of 20,000 mutants is either valid or refused with at least one error."""
    seen: Counter[str] = Counter()
    with ProcessPoolExecutor(2) as pool:
        for part in pool.map(outcomes, shards(), [tmp_path / str(shard) for shard in range(SHARDS)]):
            seen += part
    assert [outcome for outcome in seen if ": " in outcome] == []
    assert seen["valid"] + seen["refused"] == COUNT
    # The mutants would prove little if most died in the YAML parser, or none did.
    assert seen["refused"] > COUNT // 2 and seen["valid"] > COUNT // 100
    assert seen["yaml-syntax"] < COUNT // 2 and len(seen) > 60


def test_pure_python_parser_answers_broken_estates_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without libyaml the same holds."""
    monkeypatch.setattr(parse, "LOADER", yaml.SafeLoader)
    seen = outcomes(range(300), tmp_path)
    assert [outcome for outcome in seen if ": " in outcome] == []
