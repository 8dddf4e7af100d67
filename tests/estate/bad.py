"""The bad estates of tests/data/estate/bad: each is one file, its findings are in a sibling `.expected`.

`python -m tests.estate.bad` writes the expectations anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from estate.errors import EstateInvalid
from estate.findings import Finding
from estate.load import load

FOLDER = Path(__file__).parents[1] / "data" / "estate" / "bad"
FILES = sorted(FOLDER.glob("*.yaml"))


def transcript(findings: Iterable[Finding]) -> str:
    """Findings as a person reads them: place, severity, code and key; then the sentence; then the fix."""
    lines = []
    for row in findings:
        lines.append(f"{row.position} {row.severity} {row.code} {row.path}".rstrip())
        lines.append(f"    {row.message}")
        if row.fix:
            lines.append(f"    -> {row.fix}")
    return "\n".join(lines) + "\n"


def found(name: str) -> tuple[Finding, ...]:
    """The findings of a bad estate, named as a user would name it from its own folder."""
    with inside(FOLDER):
        try:
            return load(Path(name)).findings
        except EstateInvalid as error:
            return error.findings


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Run with another working directory."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    for file in FILES:
        file.with_suffix(".expected").write_text(transcript(found(file.name)))
